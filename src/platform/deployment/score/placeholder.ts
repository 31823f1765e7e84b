/** A piece of a text with placeholders: text as it is, or what stands for a value. */
type Piece = { text: string } | { placeholder: readonly string[]; source: string }

export type Pieces = { outcome: 'parsed'; pieces: Piece[] } | { outcome: 'wrong'; message: string }

/**
 * Takes a text apart. `${resources.db.host}` and `${metadata.name}` are placeholders; `$$` is a dollar, and `$${x}` is the text `${x}`;
 * `\.` is a dot within a key. Source: score-spec/score-go, framework/substitution.go.
 */
export function parsePlaceholders(text: string): Pieces {
  const pieces: Piece[] = []
  let plain = ''
  const flush = (): void => {
    if (plain !== '') pieces.push({ text: plain })
    plain = ''
  }
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '$') {
      plain += text[at]
      continue
    }
    if (text[at + 1] === '$') {
      plain += '$'
      at++
      continue
    }
    if (text[at + 1] !== '{') {
      plain += '$'
      continue
    }
    const end = text.indexOf('}', at)
    if (end === -1) return { outcome: 'wrong', message: `"${text.slice(at)}" has no closing }` }
    const source = text.slice(at, end + 1)
    const path = splitPath(text.slice(at + 2, end))
    const fault = faultOf(path)
    if (fault !== undefined) return { outcome: 'wrong', message: `${source}: ${fault}` }
    flush()
    pieces.push({ placeholder: path, source })
    at = end
  }
  flush()
  return { outcome: 'parsed', pieces }
}

function splitPath(path: string): string[] {
  return path.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'))
}

function faultOf(path: readonly string[]): string | undefined {
  if (path.some((part) => part === '')) return 'a part of the path is empty'
  if (path[0] === 'metadata') return path.length < 2 ? 'say what of the metadata, such as metadata.name' : undefined
  if (path[0] === 'resources') return path.length < 2 ? 'say which resource, such as resources.db.host' : undefined
  return 'a placeholder starts with metadata. or resources.; write $${…} for the text itself'
}
