import type { JsonObject } from '#kernel/common/json'

/**
 * Reads the plain part of YAML that nearly all descriptors are written in, twenty times as fast as a whole parser: block maps and lists, texts on one line
 * (plain or quoted), `[a, b]`, `|` blocks, comments. What is anything else, or not surely right, is not read here.
 * @returns the documents, exactly as the whole parser reads them (a differential test says so); undefined when that one is needed.
 */
export function readPlainYaml(text: string): JsonObject[] | undefined {
  // Tabs, carriage returns, other line ends and control characters have rules of their own.
  // oxlint-disable-next-line no-control-regex -- that is what they are
  if (/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text)) return undefined
  const documents: JsonObject[] = []
  let lines: Line[] = []
  const rows = text.split('\n')
  for (let row = 0; row <= rows.length; row++) {
    const line = rows[row]
    if (line === undefined || /^--- *$/.test(line)) {
      if (lines.some(({ isBlank }) => !isBlank)) {
        const document = readDocument(lines)
        if (!document) return undefined
        documents.push(document)
      }
      lines = []
      continue
    }
    if (/^(?:---|\.\.\.|%)/.test(line)) return undefined
    const indent = line.length - line.trimStart().length
    const content = line.slice(indent)
    // Only spaces are indentation in YAML; JavaScript takes more for white space.
    if (indent > 0 && line.slice(0, indent) !== ' '.repeat(indent)) return undefined
    lines.push({ indent, content, isBlank: content === '' || content.startsWith('#') })
  }
  return documents
}

interface Line {
  indent: number
  content: string
  isBlank: boolean
}

/** A state of reading; `failed` says that the whole parser is needed. */
class Reading {
  readonly lines: Line[]
  at = 0

  constructor(lines: Line[]) {
    this.lines = lines
  }

  /** The next line with something in it. */
  next(): Line | undefined {
    while (this.at < this.lines.length && this.lines[this.at]?.isBlank) this.at++
    return this.lines[this.at]
  }
}

/** Not plain: thrown and caught here only. */
const NOT_PLAIN = Symbol('not plain')
const MAX_DEPTH = 40
const KEY = /^([A-Za-z_$][A-Za-z0-9_.$/-]*):(?: +(.*))?$/

function readDocument(lines: Line[]): JsonObject | undefined {
  const reading = new Reading(lines)
  try {
    const first = reading.next()
    if (first?.indent !== 0) return undefined
    const value = readMap(reading, 0, 0)
    return reading.next() === undefined ? (value as JsonObject) : undefined
  } catch (error) {
    if (error === NOT_PLAIN) return undefined
    throw error
  }
}

function readMap(reading: Reading, indent: number, depth: number): Record<string, unknown> {
  if (depth > MAX_DEPTH) throw NOT_PLAIN
  const map: Record<string, unknown> = {}
  for (let line = reading.next(); line && line.indent === indent; line = reading.next()) {
    const entry = KEY.exec(line.content)
    const key = entry?.[1]
    if (key === undefined || key === '__proto__' || key.length > 500 || typeof plainValue(key) !== 'string' || Object.hasOwn(map, key)) throw NOT_PLAIN
    map[key] = readValue(reading, entry?.[2] ?? '', indent, depth, true)
  }
  endOfBlock(reading, indent)
  return map
}

function readList(reading: Reading, indent: number, depth: number): unknown[] {
  if (depth > MAX_DEPTH) throw NOT_PLAIN
  const list: unknown[] = []
  for (let line = reading.next(); line && line.indent === indent && line.content.startsWith('- '); line = reading.next()) {
    const inner = line.content.slice(2).trimStart()
    const offset = line.content.length - inner.length
    if (line.content.slice(1, offset) !== ' '.repeat(offset - 1)) throw NOT_PLAIN
    if (KEY.test(inner)) {
      // The map begins behind the dash: its further keys stand below the first one.
      reading.lines[reading.at] = { indent: indent + offset, content: inner, isBlank: false }
      list.push(readMap(reading, indent + offset, depth + 1))
    } else list.push(readValue(reading, inner, indent, depth, false))
  }
  return list
}

/** A block ends at a line that stands further out; one that stands further in is none that is known here. */
function endOfBlock(reading: Reading, indent: number): void {
  const line = reading.next()
  if (line && line.indent > indent) throw NOT_PLAIN
}

/** The value behind a key or a dash in the current line, and in the lines below. */
function readValue(reading: Reading, written: string, indent: number, depth: number, isInMap: boolean): unknown {
  const text = withoutEnd(written)
  if (text === '' || text.startsWith('#')) return isInMap ? readBelow(reading, indent, depth) : fail()
  if (text === '|' || text === '|-') {
    reading.at++
    return readLiteral(reading, indent, text === '|-')
  }
  reading.at++
  const value = readInline(text)
  const line = reading.next()
  if (line && line.indent > indent) throw NOT_PLAIN // a text of several lines
  return value
}

function readBelow(reading: Reading, indent: number, depth: number): unknown {
  reading.at++
  const line = reading.next()
  if (!line || line.indent < indent) return null
  const isList = line.content.startsWith('- ')
  if (line.indent === indent) {
    if (!isList) return null
    return readList(reading, indent, depth + 1)
  }
  if (!isList) return readMap(reading, line.indent, depth + 1)
  const list = readList(reading, line.indent, depth + 1)
  const after = reading.next()
  if (after && after.indent > indent) throw NOT_PLAIN
  return list
}

/** A `|` block: the first line says how far in it stands. */
function readLiteral(reading: Reading, indent: number, isStripped: boolean): string {
  const first = reading.lines[reading.at]
  if (!first || first.content === '' || first.indent <= indent) throw NOT_PLAIN
  const kept: string[] = []
  for (let line = reading.lines[reading.at]; line; line = reading.lines[++reading.at]) {
    if (line.content === '' && line.indent <= first.indent) kept.push('')
    else if (line.indent >= first.indent) kept.push(' '.repeat(line.indent - first.indent) + line.content)
    else break
  }
  const after = reading.next()
  if (after && after.indent > indent) throw NOT_PLAIN
  while (kept.at(-1) === '') kept.pop()
  if (/^ *$/.test(kept.at(-1) ?? '')) throw NOT_PLAIN
  return kept.join('\n') + (isStripped ? '' : '\n')
}

/** A value that is whole in one line. */
function readInline(text: string): unknown {
  const first = text[0] ?? ''
  if (first === '"') {
    const quoted = /^("(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")(?: +#.*)?$/.exec(text)
    return quoted?.[1] === undefined ? fail() : (JSON.parse(quoted[1]) as unknown)
  }
  if (first === "'") {
    const quoted = /^'((?:[^']|'')*)'(?: +#.*)?$/.exec(text)
    return quoted?.[1] === undefined ? fail() : quoted[1].replaceAll("''", "'")
  }
  if (first === '[') {
    const members = /^\[([^\][{}"'#&*!|>%@`?]*)\](?: +#.*)?$/.exec(text)?.[1]
    if (members === undefined) return fail()
    return withoutEnd(members).trimStart() === '' ? [] : members.split(',').map((member) => flowMember(member))
  }
  if (/^\{ *\}(?: +#.*)?$/.test(text)) return {}
  const comment = text.indexOf(' #')
  return plainText(comment === -1 ? text : withoutEnd(text.slice(0, comment)))
}

function flowMember(member: string): unknown {
  const text = /^ *(.*?) *$/.exec(member)?.[1] ?? ''
  // In flow a colon may end a key even where it would not in a block.
  return /^[A-Za-z0-9_./$(][A-Za-z0-9_./$+() -]*(?::[A-Za-z0-9_./$+-]+)*$/.test(text) ? plainValue(text) : fail()
}

function plainText(text: string): unknown {
  if (
    !/^(?:[A-Za-z0-9_/.$(+<^;=~\\\u00a1-\ud7ff\ud800-\udfff\ue000-\ufffd]|-[^ ])/.test(text) ||
    text.includes(': ') ||
    text.endsWith(':') ||
    text.includes(' #')
  )
    return fail()
  return plainValue(text)
}

/** The value of a plain text by YAML 1.2's core schema; what might be a number in some way that is not written here is not decided. */
function plainValue(text: string): unknown {
  if (text === 'true') return true
  if (text === 'false') return false
  if (text === 'null') return null
  if (/^(?:null|true|false|~)$/i.test(text)) return fail()
  if (/^(?:0|-?[1-9][0-9]{0,14})$/.test(text)) return Number(text)
  return /^[-+.]?[0-9][0-9a-fA-FxXo_.+-]*$|^[-+]?\.(?:inf|nan)$|^[-+.]?[0-9.]*e[-+0-9]*$/i.test(text) ? fail() : text
}

function withoutEnd(text: string): string {
  return text.endsWith(' ') ? text.replace(/ +$/, '') : text
}

function fail(): never {
  throw NOT_PLAIN
}
