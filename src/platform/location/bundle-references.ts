import { parse, stringify } from 'yaml'
import { locationFaults } from './location-faults.ts'

/** How far references may lead. */
const MAX_FILES = 100
const MAX_CHARACTERS = 4 * 1024 * 1024
const MAX_NESTING = 200

/** How files are read and told apart. */
interface BundleDeps<Place> {
  read: (base: Place, target: string) => Promise<{ place: Place; text: string }>
  keyOf: (place: Place) => string
}

/**
 * Puts the files that an OpenAPI or AsyncAPI document refers to by `$ref` (RFC 6901 pointers behind `#`) into it, so that it stands alone. References within the
 * document stay; those into other files are replaced by what they mean, and in a circle of files by nothing but an empty schema with a `$comment`.
 * A document that refers to no file is the answer as it is, comments and all.
 * @throws `platform.location.unreadable` for a file that can't be read, `.refused` for one that is no YAML or leads too far.
 */
export async function bundle<Place>(root: { place: Place; text: string }, deps: BundleDeps<Place>): Promise<string> {
  if (!/["']?\$ref["']?\s*:\s*["']?(?!#)[^\s"']/.test(root.text)) return root.text
  const run = new Bundle(root, deps)
  return await run.text()
}

class Bundle<Place> {
  readonly #root: { place: Place; text: string }
  readonly #deps: BundleDeps<Place>
  readonly #files = new Map<string, unknown>()
  #characters = 0
  #size = 0

  constructor(root: { place: Place; text: string }, deps: BundleDeps<Place>) {
    this.#root = root
    this.#deps = deps
  }

  async text(): Promise<string> {
    const document = this.#parse(this.#root.text, 'the document')
    const whole = await this.#resolve(document, { place: this.#root.place, document, isRoot: true }, [], 0)
    return this.#root.text.trimStart().startsWith('{') ? JSON.stringify(whole, null, 2) : stringify(whole, { aliasDuplicateObjects: false })
  }

  async #resolve(value: unknown, at: { place: Place; document: unknown; isRoot: boolean }, path: readonly string[], depth: number): Promise<unknown> {
    if (depth > MAX_NESTING || ++this.#size > 500_000) throw locationFaults.refused({ target: '$ref', what: 'references lead too far' })
    if (Array.isArray(value)) {
      const items: unknown[] = []
      for (const item of value) items.push(await this.#resolve(item, at, path, depth + 1))
      return items
    }
    if (typeof value !== 'object' || value === null) return value
    const reference = (value as Record<string, unknown>)['$ref']
    if (typeof reference === 'string' && !(at.isRoot && reference.startsWith('#'))) return await this.#follow(reference, at, path, depth)
    const result: Record<string, unknown> = {}
    for (const [key, member] of Object.entries(value))
      Object.defineProperty(result, key, { value: await this.#resolve(member, at, path, depth + 1), enumerable: true, writable: true, configurable: true })
    return result
  }

  async #follow(reference: string, at: { place: Place; document: unknown }, path: readonly string[], depth: number): Promise<unknown> {
    const [file = '', pointer = ''] = reference.split('#', 2)
    const next = file === '' ? at : await this.#file(at.place, file)
    const id = `${this.#deps.keyOf(next.place)}#${pointer}`
    if (path.includes(id)) return { $comment: `a circle: ${reference}` }
    const isRoot = this.#deps.keyOf(next.place) === this.#deps.keyOf(this.#root.place)
    if (isRoot && pointer !== '') return { $ref: `#${pointer}` }
    return await this.#resolve(pointed(next.document, pointer, reference), { ...next, isRoot: false }, [...path, id], depth + 1)
  }

  async #file(base: Place, target: string): Promise<{ place: Place; document: unknown }> {
    const { place, text } = await this.#deps.read(base, target)
    const key = this.#deps.keyOf(place)
    if (!this.#files.has(key)) {
      this.#characters += text.length
      if (this.#files.size >= MAX_FILES || this.#characters > MAX_CHARACTERS)
        throw locationFaults.refused({ target, what: `references lead to more than ${MAX_FILES} files, or to more than can be put into one` })
      this.#files.set(key, this.#parse(text, target))
    }
    return { place, document: this.#files.get(key) }
  }

  #parse(text: string, target: string): unknown {
    try {
      return parse(text, { maxAliasCount: 100 }) as unknown
    } catch (error) {
      throw locationFaults.refused({ target, what: error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'it is no YAML' })
    }
  }
}

/** What a JSON pointer (RFC 6901) leads to. */
function pointed(document: unknown, pointer: string, reference: string): unknown {
  let value = document
  for (const part of pointer.split('/').slice(1)) {
    const key = decodeURIComponent(part.replaceAll(/%(?![0-9A-Fa-f]{2})/g, '%25'))
      .replaceAll('~1', '/')
      .replaceAll('~0', '~')
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    if (!isThere) throw locationFaults.refused({ target: reference, what: `there is no "${key}" in it` })
    value = (value as Record<string, unknown>)[key]
  }
  return value
}
