/** Of a longer definition only the beginning is read. */
const MAX_LENGTH = 256 * 1024
const MAX_WORDS_LENGTH = 8_000

const PATTERNS: readonly RegExp[] = [
  // OpenAPI and AsyncAPI, as YAML or JSON: paths and channels, then what operations are called.
  /^\s*["']?(\/[\w{}\-./~:]*)["']?\s*:/gm,
  /["']?(?:operationId|title|summary)["']?\s*:\s*["']?([^\n"']{1,120})/g,
  // GraphQL, Protocol Buffers.
  /^\s*(?:type|interface|input|enum|service|message|rpc)\s+(\w{2,80})/gm,
]

/** What an API's definition is found by: its titles, paths and operations, as one text. Reads by pattern, not by grammar: any format, any size. Pure. */
export function apiWords(definition: string): string {
  const text = definition.length > MAX_LENGTH ? definition.slice(0, MAX_LENGTH) : definition
  const found = new Set<string>()
  let length = 0
  for (const pattern of PATTERNS)
    for (const match of text.matchAll(pattern)) {
      const word = match[1]?.trim() ?? ''
      if (word === '' || found.has(word)) continue
      if ((length += word.length + 1) > MAX_WORDS_LENGTH) return [...found].join(' ')
      found.add(word)
    }
  return [...found].join(' ')
}
