import { parseSource, type ParsedSource, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { readPlainYaml } from './plain-yaml.ts'

/** A file in characters. */
const MAX_LENGTH = 1024 * 1024
/** A document that is more than plain YAML: the whole parser reads about a megabyte a second, and nobody else is served meanwhile. */
const MAX_COMPLEX_LENGTH = 128 * 1024
/** Values of one document, those of lists counted: each is checked, and each may be wrong. */
const MAX_VALUES = 20_000
const MAX_DEPTH = 100

/** A document of a descriptor file. */
export interface Descriptor extends SourceDocument {
  /** Finds the place of its name when asked, without keeping the document's tree. */
  placeOf: () => { line: number; column: number }
}

export interface DescriptorSource {
  documents: Descriptor[]
  problems: FieldProblem[]
}

/** Reads a descriptor file. Never throws, whatever is in the file: what can not be read, or not be kept, is a problem of the file. */
export function readDescriptors(file: string, text: string): DescriptorSource {
  const source: DescriptorSource = { documents: [], problems: [] }
  for (const part of eachDescriptor(file, text)) {
    source.documents.push(...part.documents)
    source.problems.push(...part.problems)
  }
  return source
}

/** The same, document by document: between two of them others may be served. */
export function* eachDescriptor(file: string, text: string): Generator<DescriptorSource> {
  if (text.length > MAX_LENGTH) {
    yield wrong(file, `the file is larger than ${MAX_LENGTH} characters`)
    return
  }
  for (const part of partsOf(text)) yield readPart(file, part)
}

interface Part {
  text: string
  /** Lines before it. */
  line: number
}

/** A line that begins with `---` ends a document, wherever it stands (YAML 1.2.2, 9.1.2). Directives belong to what follows: such files stay whole. */
function partsOf(text: string): Part[] {
  if (/^%/m.test(text)) return [{ text, line: 0 }]
  const parts: Part[] = []
  let start = 0
  let line = 0
  for (const match of text.matchAll(/^---(?=[ \n\r]|$)/gm)) {
    if (match.index === 0) continue
    const part = text.slice(start, match.index)
    parts.push({ text: part, line })
    line += part.split('\n').length - 1
    start = match.index
  }
  parts.push({ text: text.slice(start), line })
  return parts
}

function readPart(file: string, part: Part): DescriptorSource {
  const plain = readPlainYaml(part.text)
  if (plain) {
    // Places are asked for when something is wrong: only then the whole parser reads the file.
    const documents = plain.map((value) =>
      described({ file, value, locate: (path) => readWhole(file, part).documents[0]?.locate(path) ?? { line: part.line + 1, column: 1 } }),
    )
    return kept({ documents, problems: [] }, file, part)
  }
  if (part.text.length > MAX_COMPLEX_LENGTH)
    return wrong(
      file,
      `the document is larger than ${MAX_COMPLEX_LENGTH} characters, and more than plain YAML; keep long texts in files of their own: {$text: ./openapi.yaml}`,
      part.line + 1,
    )
  try {
    const source = readWhole(file, part)
    return kept({ documents: source.documents.map(described), problems: source.problems }, file, part)
  } catch {
    return wrong(file, 'the file can not be read: it is nested too deeply', part.line + 1)
  }
}

function readWhole(file: string, { text, line }: Part): ParsedSource {
  const source = parseSource(file, text)
  if (line === 0) return source
  const moved = <T extends { line: number }>(place: T): T => ({ ...place, line: place.line + line })
  return {
    documents: source.documents.map((document) => ({ ...document, locate: (path) => moved(document.locate(path)) })),
    problems: source.problems.map((problem) => ({ ...problem, line: (problem.line ?? 1) + line })),
  }
}

function described(document: SourceDocument): Descriptor {
  const locate = (path: readonly PropertyKey[]): { line: number; column: number } => document.locate(path)
  return { ...document, placeOf: placeFinder(locate) }
}

function placeFinder(locate: SourceDocument['locate']): Descriptor['placeOf'] {
  return () => locate(['metadata', 'name'])
}

function kept(source: DescriptorSource, file: string, part: Part): DescriptorSource {
  const faults = source.documents.map((document) => whyNotKept(document.value))
  const problems = faults.flatMap((fault) => (fault === undefined ? [] : wrong(file, fault, part.line + 1).problems))
  return problems.length === 0
    ? source
    : { documents: source.documents.filter((_, at) => faults[at] === undefined), problems: [...source.problems, ...problems] }
}

/** PostgreSQL keeps neither NUL nor lone surrogates, and nothing that deep. */
function whyNotKept(value: unknown): string | undefined {
  let count = 0
  const visit = (node: unknown, depth: number): string | undefined => {
    if (++count > MAX_VALUES) return `a document has at most ${MAX_VALUES} values`
    if (typeof node === 'string') return isStorable(node) ? undefined : 'a text has a character that can not be kept: NUL, or half of a surrogate pair'
    if (typeof node !== 'object' || node === null) return undefined
    if (depth >= MAX_DEPTH) return `a document is at most ${MAX_DEPTH} deep`
    for (const [key, member] of Object.entries(node)) {
      const fault = isStorable(key) ? visit(member, depth + 1) : 'a key has a character that can not be kept: NUL, or half of a surrogate pair'
      if (fault !== undefined) return fault
    }
    return undefined
  }
  return visit(value, 0)
}

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed()
}

function wrong(file: string, message: string, line = 1): DescriptorSource {
  return { documents: [], problems: [{ field: '', message, file, line, column: 1 }] }
}

/** A message without what PostgreSQL can not keep. */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed()
}
