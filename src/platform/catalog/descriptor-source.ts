import { parseSource, type ParsedSource } from '#kernel/common/document'
import { readPlainYaml } from './plain-yaml.ts'

const MAX_LENGTH = 1024 * 1024

/** Reads a descriptor file. Never throws, whatever is in the file: what can not be read, or not be kept, is a problem of the file. */
export function readDescriptors(file: string, text: string): ParsedSource {
  if (text.length > MAX_LENGTH) return wrong(file, `the file is larger than ${MAX_LENGTH} characters`)
  const plain = readPlainYaml(text)
  if (plain) {
    // Places are asked for when something is wrong: only then the whole parser reads the file.
    let whole: ParsedSource | undefined
    const documents = plain.map((value, index) => ({
      file,
      value: value as unknown,
      locate: (path: readonly PropertyKey[]) => {
        whole ??= parseSource(file, text)
        return whole.documents[index]?.locate(path) ?? { line: 1, column: 1 }
      },
    }))
    return withoutUnstorable({ documents, problems: [] }, file)
  }
  let source: ParsedSource
  try {
    source = parseSource(file, text)
  } catch {
    return wrong(file, 'the file can not be read: it is nested too deeply')
  }
  return withoutUnstorable(source, file)
}

function withoutUnstorable(source: ParsedSource, file: string): ParsedSource {
  const documents = source.documents.filter((document) => isStorable(document.value))
  const lost = source.documents.length - documents.length
  return {
    documents,
    problems:
      lost === 0
        ? source.problems
        : [...source.problems, ...wrong(file, 'a text has a character that can not be kept: NUL, or half of a surrogate pair').problems],
  }
}

/** PostgreSQL keeps neither NUL nor lone surrogates, and nothing that deep. */
function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return !value.includes('\u0000') && value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  return depth < 100 && Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member, depth + 1))
}

function wrong(file: string, message: string): ParsedSource {
  return { documents: [], problems: [{ field: '', message, file, line: 1, column: 1 }] }
}

/** A message without what PostgreSQL can not keep. */
export function storableText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed()
}
