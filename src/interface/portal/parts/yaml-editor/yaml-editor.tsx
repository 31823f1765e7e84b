import { autocompletion, closeBrackets, completionKeymap, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { indentOnInput, indentUnit } from '@codemirror/language'
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { useEffect, useRef } from 'react'
import { completionPlace, type CompletionPlace } from './completion-place.ts'
import { descriptorWords, refKindsAt, refText } from './descriptor-words.ts'
import { editorTheme } from './editor-theme.ts'

/** Something wrong at a line of the text; lines and columns begin at 1. */
interface EditorProblem {
  message: string
  line?: number | undefined
  column?: number | undefined
}

interface YamlEditorProps {
  /** The text at first, and again when `version` changes; in between the editor holds it. */
  text: string
  version: number
  label: string
  isYaml: boolean
  problems: readonly EditorProblem[]
  onChange: (text: string) => void
  onSave: () => void
  /** Entities of some kinds whose names begin so. */
  entities: (kinds: readonly string[], written: string) => Promise<{ kind: string; namespace: string; name: string; title?: string | undefined }[]>
}

/** A text editor that knows YAML and descriptors. `escape` then `tab` leaves it, `mod+s` saves. */
export function YamlEditor({ text, version, label, isYaml, problems, onChange, onSave, entities }: YamlEditorProps) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const latest = useRef({ onChange, onSave, entities })
  latest.current = { onChange, onSave, entities }
  const first = useRef(text)
  if (view.current === undefined) first.current = text
  useEffect(() => {
    if (place.current === null) return undefined
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          EditorState.tabSize.of(2),
          ...(isYaml
            ? [
                yaml(),
                indentUnit.of('  '),
                indentOnInput(),
                closeBrackets(),
                lintGutter(),
                autocompletion({ override: [(context) => complete(context, latest.current.entities)] }),
              ]
            : [EditorView.lineWrapping]),
          keymap.of([
            { key: 'Mod-s', preventDefault: true, run: () => (latest.current.onSave(), true) },
            ...completionKeymap,
            ...lintKeymap,
            ...defaultKeymap,
            ...historyKeymap,
            indentWithTab,
          ]),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorView.updateListener.of((update) => (update.docChanged ? latest.current.onChange(update.state.doc.toString()) : undefined)),
          editorTheme,
        ],
      }),
    })
    view.current = editor
    return () => {
      view.current = undefined
      editor.destroy()
    }
  }, [label, isYaml])
  useEffect(() => {
    const editor = view.current
    if (editor === undefined || version === 0 || editor.state.doc.toString() === text) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } })
    // oxlint-disable-next-line react/exhaustive-deps -- only a new version replaces what is being written
  }, [version])
  useEffect(() => {
    const editor = view.current
    if (editor !== undefined)
      editor.dispatch(
        setDiagnostics(
          editor.state,
          problems.map((problem) => diagnosticOf(editor.state, problem)),
        ),
      )
  }, [problems])
  return <div ref={place} />
}

function diagnosticOf(state: EditorState, { message, line = 1, column = 1 }: EditorProblem): Diagnostic {
  const at = state.doc.line(Math.min(Math.max(1, line), state.doc.lines))
  const from = Math.min(at.from + Math.max(0, column - 1), at.to)
  const word = /^[^\s:]+/.exec(state.doc.sliceString(from, at.to))?.[0].length ?? 0
  return { from, to: word === 0 ? at.to : from + word, severity: 'error', message }
}

async function complete(context: CompletionContext, entities: YamlEditorProps['entities']): Promise<CompletionResult | null> {
  const place = completionPlace(context.state.doc.toString(), context.pos)
  if (place.written === '' && !context.explicit && place.what === 'key') return null
  const kinds = refKindsAt(place)
  const words = descriptorWords(place).map((word) => ({
    label: word.label,
    detail: word.detail,
    type: word.type === 'key' ? 'property' : 'constant',
    apply: word.type === 'key' ? `${word.label}: ` : word.label,
  }))
  const options = kinds === undefined ? words : [...words, ...(await refsOf(place, kinds, entities))]
  return options.length === 0 ? null : { from: place.from, options, ...(kinds === undefined ? { validFor: /^[\w./-]*$/ } : {}) }
}

async function refsOf(place: CompletionPlace, kinds: readonly string[], entities: YamlEditorProps['entities']) {
  const found = await entities(kinds, place.written.replace(/^.*[:/]/, '')).catch(() => [])
  return found.map((entity) => ({ label: refText(place, entity), detail: entity.title ?? entity.kind, type: 'variable' }))
}
