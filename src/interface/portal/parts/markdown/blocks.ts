/** A block of Markdown, of the few kinds that README files are made of. */
export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'table'; head: string[]; rows: string[][] }
  | { kind: 'list'; isOrdered: boolean; items: string[] }
  | { kind: 'paragraph'; text: string }

/** Splits Markdown into blocks. Raw HTML is left as text: nothing of a repository becomes markup of this page. */
export function parseBlocks(markdown: string): Block[] {
  const lines = markdown.replaceAll('\r\n', '\n').split('\n')
  const blocks: Block[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const heading = /^(#{1,6})\s+(.+?)\s*#*$/.exec(line)
    const item = itemOf(line)
    if (/^(```|~~~)/.test(line)) {
      const fence = line.slice(0, 3)
      const end = lines.findIndex((each, index) => index > at && each.startsWith(fence))
      const stop = end === -1 ? lines.length : end
      blocks.push({ kind: 'code', text: lines.slice(at + 1, stop).join('\n') })
      at = stop + 1
    } else if (isIndented(line)) {
      const from = at
      while (at < lines.length && (isIndented(lines[at] ?? '') || (lines[at]?.trim() === '' && isIndented(lines[at + 1] ?? '')))) at += 1
      const code = lines.slice(from, at).map((each) => each.replace(/^(?: {4}|\t)/, ''))
      blocks.push({ kind: 'code', text: code.join('\n') })
    } else if (isRow(line) && isRule(lines[at + 1] ?? '')) {
      const from = at
      while (at < lines.length && isRow(lines[at] ?? '')) at += 1
      blocks.push({ kind: 'table', head: cellsOf(line), rows: lines.slice(from + 2, at).map(cellsOf) })
    } else if (heading !== null) {
      blocks.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' })
      at += 1
    } else if (item !== null) {
      const items: string[] = []
      for (let next: ReturnType<typeof itemOf> = item; next !== null && next.isOrdered === item.isOrdered; next = itemOf(lines[at] ?? '')) {
        items.push(next.text)
        at += 1
      }
      blocks.push({ kind: 'list', isOrdered: item.isOrdered, items })
    } else if (line.trim() === '') {
      at += 1
    } else {
      const from = at
      while (at < lines.length && (at === from || isPlain(lines[at] ?? ''))) at += 1
      blocks.push({ kind: 'paragraph', text: lines.slice(from, at).join(' ').trim() })
    }
  }
  return blocks
}

/** A piece of a line: plain, `code`, **strong**, or a link. */
export type Inline = { kind: 'text' | 'code' | 'strong'; text: string } | { kind: 'link'; text: string; href: string }

/** Splits a line into its pieces; only http(s) links become links. */
export function parseInline(text: string): Inline[] {
  const pieces: Inline[] = []
  let from = 0
  for (const match of text.matchAll(/`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)/g)) {
    if (match.index > from) pieces.push({ kind: 'text', text: text.slice(from, match.index) })
    const [all, code, strong, label, href] = match
    if (code !== undefined) pieces.push({ kind: 'code', text: code })
    else if (strong !== undefined) pieces.push({ kind: 'strong', text: strong })
    else pieces.push({ kind: 'link', text: label ?? '', href: href ?? '' })
    from = match.index + all.length
  }
  if (from < text.length) pieces.push({ kind: 'text', text: text.slice(from) })
  return pieces
}

function itemOf(line: string): { isOrdered: boolean; text: string } | null {
  const match = /^\s*(?:([-*+])|(\d+)[.)])\s+(.*)$/.exec(line)
  return match === null ? null : { isOrdered: match[2] !== undefined, text: match[3] ?? '' }
}

const isIndented = (line: string): boolean => /^(?: {4}|\t)\s*\S/.test(line)
const isRow = (line: string): boolean => /^\|.*\|\s*$/.test(line)
const isRule = (line: string): boolean => /^\|(?:\s*:?-+:?\s*\|)+\s*$/.test(line)

function cellsOf(row: string): string[] {
  return row
    .trim()
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())
}

function isPlain(line: string): boolean {
  return line.trim() !== '' && !/^(#{1,6}\s|```|~~~)/.test(line) && itemOf(line) === null
}
