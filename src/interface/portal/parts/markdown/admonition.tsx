import type { Token, Tokens } from 'marked'
import type { Tone } from '../../app/theme.ts'
import { BlockView } from './block-view.tsx'
import css from './markdown.module.css'

/** What the words of MkDocs and of GitHub's alerts mean, in the portal's colours. */
const tones: Record<string, Tone> = {
  success: 'green',
  check: 'green',
  done: 'green',
  info: 'blue',
  todo: 'blue',
  tip: 'green',
  hint: 'green',
  important: 'purple',
  question: 'purple',
  warning: 'amber',
  caution: 'amber',
  attention: 'amber',
  failure: 'red',
  fail: 'red',
  missing: 'red',
  danger: 'red',
  error: 'red',
  bug: 'red',
}

interface AdmonitionProps {
  look: string
  title: string
  fold: 'none' | 'closed' | 'open'
  tokens: readonly Token[]
}

/** A note beside the text: its word says what it is, its colour only repeats that. */
export function Admonition({ look, title, fold, tokens }: AdmonitionProps) {
  const tone = tones[look] ?? 'grey'
  const style = { borderColor: `var(--fw-${tone}-mark)` }
  const heading = { color: `var(--fw-${tone})` }
  if (fold !== 'none') {
    return (
      <details className={css['admonition']} style={style} open={fold === 'open'}>
        <summary style={heading}>{title}</summary>
        <BlockView tokens={tokens} />
      </details>
    )
  }
  return (
    <div role="note" className={css['admonition']} style={style}>
      {title === '' ? null : (
        <p className={css['admonitionTitle']} style={heading}>
          {title}
        </p>
      )}
      <BlockView tokens={tokens} />
    </div>
  )
}

/** `> [!NOTE]` of GitHub; null for a plain quotation. */
export function alertOf(tokens: readonly Token[]): Omit<AdmonitionProps, 'fold'> | null {
  const [first, ...rest] = tokens
  if (first?.type !== 'paragraph') return null
  const words = (first as Tokens.Paragraph).tokens
  const match = /^\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\][ \t]*(?:\n|$)/.exec((first as Tokens.Paragraph).text)
  if (match === null) return null
  const look = match[1]?.toLowerCase() ?? 'note'
  const [lead, ...others] = words
  const text = lead?.type === 'text' ? (lead as Tokens.Text).text.slice(match[0].length) : ''
  const inner: Token[] = [{ ...first, tokens: [{ type: 'text', raw: text, text, escaped: false } as Token, ...others] } as Token, ...rest]
  return { look, title: look.charAt(0).toUpperCase() + look.slice(1), tokens: inner }
}
