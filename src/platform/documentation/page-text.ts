import { lexer, type Token } from 'marked'

/** What a reader and a search need of a page. */
export interface PageText {
  title: string
  headings: { level: number; text: string; id: string }[]
  /** All words, without markup. */
  body: string
}

const FRONT_MATTER = /^---\r?\n([\s\S]*?)\r?\n---\r?\n/

/** Reads a Markdown page: title from its front matter, its first heading, or its file name. Never throws. Pure. */
export function readPage(path: string, source: string): PageText {
  const front = FRONT_MATTER.exec(source)?.[1]
  const tokens = lexer(withoutFrontMatter(source))
  const headings: PageText['headings'] = []
  const used = new Map<string, number>()
  const words: string[] = []
  for (const token of flat(tokens)) {
    if (token.type === 'heading') {
      const text = plain(token as Token & { tokens?: Token[]; text: string })
      headings.push({ level: (token as { depth: number }).depth, text, id: uniqueId(text, used) })
    }
    if (token.type === 'text' || token.type === 'codespan' || token.type === 'code' || token.type === 'escape') {
      if (!('tokens' in token) || token.tokens === undefined) words.push((token as { text: string }).text)
    }
  }
  const title = /^title:[ \t]*["']?(.+?)["']?[ \t]*$/m.exec(front ?? '')?.[1] ?? headings[0]?.text ?? nameOf(path)
  return { title: title.slice(0, 300), headings: headings.slice(0, 500), body: words.join(' ').replaceAll(/\s+/g, ' ').trim() }
}

export function withoutFrontMatter(source: string): string {
  return source.replace(FRONT_MATTER, '')
}

/** The id of a heading as MkDocs makes it (python-markdown's slugify), so that links to sections keep working. Pure. */
export function headingId(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/[\s-]+/g, '-')
}

function uniqueId(text: string, used: Map<string, number>): string {
  const id = headingId(text) || 'section'
  const count = used.get(id) ?? 0
  used.set(id, count + 1)
  return count === 0 ? id : `${id}_${count}`
}

function* flat(tokens: readonly Token[]): Generator<Token> {
  for (const token of tokens) {
    yield token
    if ('tokens' in token && token.tokens) yield* flat(token.tokens as Token[])
    if (token.type === 'list') for (const item of (token as { items: Token[] }).items) yield* flat([item])
    if (token.type === 'table') {
      const { header, rows } = token as unknown as { header: { tokens: Token[] }[]; rows: { tokens: Token[] }[][] }
      for (const cell of [...header, ...rows.flat()]) yield* flat(cell.tokens)
    }
  }
}

function plain(token: { tokens?: Token[]; text: string }): string {
  if (!token.tokens) return token.text
  const text = [...flat(token.tokens)].flatMap((inner) => ('tokens' in inner && inner.tokens ? [] : [(inner as { text?: string }).text ?? '']))
  return text.join('').trim()
}

function nameOf(path: string): string {
  const name = (path.split('/').at(-1) ?? path).replace(/\.md$/i, '').replaceAll(/[-_]+/g, ' ')
  return name.charAt(0).toUpperCase() + name.slice(1)
}
