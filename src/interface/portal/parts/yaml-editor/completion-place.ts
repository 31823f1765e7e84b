/** Where the cursor stands in a descriptor: the path of keys above it, whether a key or a value is being written, and what of it is there. */
export interface CompletionPlace {
  /** E.g. `['spec']` for a key below spec, `['spec', 'owner']` for the value of owner. */
  path: string[]
  what: 'key' | 'value'
  written: string
  /** Where the written word begins in the text. */
  from: number
  /** The kind that the document at the cursor says it is. */
  kind: string
}

/** Reads indentation only, since what is being written is seldom good YAML yet. Pure. @param at offset of the cursor. */
export function completionPlace(text: string, at: number): CompletionPlace {
  const start = text.lastIndexOf('\n---', at - 1)
  const document = text.slice(start === -1 ? 0 : text.indexOf('\n', start + 1) + 1)
  const kind = /^kind:[ \t]*([\w-]+)/m.exec(document.split(/^---/m)[0] ?? '')?.[1] ?? ''
  const before = text.slice(0, at)
  const lines = before.slice(start === -1 ? 0 : start + 1).split('\n')
  const line = lines.pop() ?? ''
  const entry = /^(\s*(?:- +)*)(?:([\w./-]+):[ \t]+)?(["']?)([^\s"']*)$/.exec(line)
  if (entry === null) return { path: [], what: 'value', written: '', from: at, kind }
  const [, lead = '', key, , written = ''] = entry
  const isItem = lead.includes('-')
  const parents = parentsOf(lines, isItem ? lead.indexOf('-') : lead.length, isItem)
  if (key !== undefined) return { path: [...parents, key], what: 'value', written, from: at - written.length, kind }
  return { path: parents, what: isItem ? 'value' : 'key', written, from: at - written.length, kind }
}

/** The keys that are less indented, from the outermost in. A list may stand as deep as its key. */
function parentsOf(lines: readonly string[], indent: number, isItem: boolean): string[] {
  const path: string[] = []
  let depth = isItem ? indent + 1 : indent
  for (let at = lines.length - 1; at >= 0 && depth > 0; at -= 1) {
    const match = /^(\s*(?:- +)*)([\w./-]+):(?:\s|$)/.exec(lines[at] ?? '')
    const own = match?.[1]?.length ?? 0
    if (match?.[2] === undefined || own >= depth) continue
    path.unshift(match[2])
    depth = own
  }
  return path
}
