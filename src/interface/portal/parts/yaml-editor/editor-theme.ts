import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const look = EditorView.theme({
  '&': { fontSize: '13px', color: 'var(--fw-text)', backgroundColor: 'var(--fw-page)' },
  '&.cm-focused': { outline: '2px solid var(--fw-focus)', outlineOffset: '2px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '20px', minHeight: '320px', maxHeight: '70vh' },
  '.cm-content': { caretColor: 'var(--fw-text)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--fw-text)' },
  '.cm-gutters': { backgroundColor: 'var(--fw-page)', color: 'var(--fw-dim)', border: '0' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--fw-hover)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, ::selection': { backgroundColor: 'var(--fw-blue-wash)' },
  '.cm-tooltip': { backgroundColor: 'var(--fw-raised)', color: 'var(--fw-text)', border: '1px solid var(--fw-line)', borderRadius: '6px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--fw-hover)', color: 'var(--fw-text)' },
  '.cm-completionDetail': { color: 'var(--fw-dim)', fontStyle: 'normal' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--fw-red-mark)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--fw-red-mark)' },
})

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--fw-text)', fontWeight: '600' },
  { tag: [tags.string, tags.content], color: 'var(--fw-text)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--fw-dim)', fontStyle: 'italic' },
  { tag: [tags.separator, tags.punctuation, tags.meta], color: 'var(--fw-dim)' },
])

/** The editor in the portal's colours, of both themes. */
export const editorTheme: Extension = [look, syntaxHighlighting(colours)]
