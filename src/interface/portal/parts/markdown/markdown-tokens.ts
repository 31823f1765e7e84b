import { Marked, type Token, type TokenizerAndRendererExtension, type Tokens, type TokensList } from 'marked'
import { headingId } from './heading-id.ts'

/** `!!! note "Title"` with an indented body, as MkDocs has it; `???` is folded, `???+` can be folded. */
export interface AdmonitionToken extends Tokens.Generic {
  type: 'admonition'
  look: string
  title: string
  fold: 'none' | 'closed' | 'open'
  tokens: Token[]
}

const START = /^(!!!|\?\?\?\+?)[ \t]+([\w-]+)(?:[ \t]+[\w-]+)*(?:[ \t]+"([^"\n]*)")?[ \t]*(?:\n|$)/
const BODY = /^(?:(?: {4}|\t)[^\n]*(?:\n|$)|[ \t]*\n(?=(?:[ \t]*\n)*(?: {4}|\t)))+/

const admonition: TokenizerAndRendererExtension = {
  name: 'admonition',
  level: 'block',
  start: (source) => /^(?:!!!|\?\?\?)/m.exec(source)?.index,
  tokenizer(source) {
    const head = START.exec(source)
    if (head === null) return undefined
    const [first, mark, look = 'note', title] = head
    const body = BODY.exec(source.slice(first.length))?.[0] ?? ''
    const fold = mark === '!!!' ? 'none' : mark === '???' ? 'closed' : 'open'
    const tokens = this.lexer.blockTokens(body.replaceAll(/^(?: {4}|\t)/gm, ''), [])
    return { type: 'admonition', raw: first + body, look: look.toLowerCase(), title: title ?? wordsOf(look), fold, tokens } satisfies AdmonitionToken
  },
}

const marked = new Marked({ gfm: true, extensions: [admonition] })

/** Markdown as tokens: GitHub's, and the admonitions of MkDocs. Never throws. */
export function readMarkdown(text: string): TokensList {
  return marked.lexer(text.replace(/^---\r?\n[\s\S]*?\r?\n---\r?\n/, ''))
}

/** The id of each heading in the order in which the server counts them, so that its table of contents leads to them. Those in admonitions have none. */
export function headingIds(tokens: readonly Token[]): Map<Token, string> {
  const used = new Map<string, number>()
  const ids = new Map<Token, string>()
  for (const token of walk(tokens)) {
    if (token.type !== 'heading') continue
    const id = headingId(plainText((token as Tokens.Heading).tokens)) || 'section'
    const count = used.get(id) ?? 0
    used.set(id, count + 1)
    ids.set(token, count === 0 ? id : `${id}_${count}`)
  }
  return ids
}

/**
 * Which of h1…h6 each heading is drawn as, so that the page's outline has no gap: the least deep is `base`, and none is more than one below the one before it.
 */
export function headingLevels(depths: readonly number[], base: number): number[] {
  const least = Math.min(...depths)
  let last = base - 1
  return depths.map((depth) => (last = Math.min(6, last + 1, base + depth - least)))
}

/** Everything in reading order, but not what admonitions hold. */
export function* walk(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token
    if (token.type === 'admonition') continue
    if ('tokens' in token && token.tokens !== undefined) yield* walk(token.tokens)
    if (token.type === 'list') for (const item of (token as Tokens.List).items) yield* walk([item])
  }
}

/** The words of tokens, without markup. */
export function plainText(tokens: readonly Token[]): string {
  return [...walk(tokens)]
    .flatMap((token) => ('tokens' in token && token.tokens !== undefined ? [] : 'text' in token && typeof token.text === 'string' ? [token.text] : []))
    .join('')
    .trim()
}

function wordsOf(look: string): string {
  return look.charAt(0).toUpperCase() + look.slice(1).toLowerCase()
}
