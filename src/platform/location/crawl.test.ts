import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { crawl, type CrawlResult, type KnownFile } from './crawl.ts'
import { globMatcher, isGlob } from './glob.ts'
import { locationFaults } from './location-faults.ts'
import type { Place } from './place.ts'
import type { PlaceReader } from './place-reader.ts'

const place = (path: string): Place => ({ type: 'repository', host: '', repository: 'acme/all', ref: null, path })
const pathOf = (at: Place): string => (at.type === 'repository' ? at.path : '')

/** A repository in memory; a text of `!` is a file that can't be read now. */
class MemoryReader implements PlaceReader {
  readonly files = new Map<string, string>()
  isAway = false
  readCount = 0

  async settle(address: Parameters<PlaceReader['settle']>[0]): Promise<Place> {
    if (this.isAway) throw locationFaults.unreadable({ target: 'x', what: 'the host is away' })
    return address as Place
  }

  async list(pattern: Place): Promise<Place[]> {
    return [...this.files.keys()].filter(globMatcher([pathOf(pattern)])).map(place)
  }

  async read(wanted: Parameters<PlaceReader['read']>[0]): ReturnType<PlaceReader['read']> {
    return wanted.map((item) => {
      const text = this.files.get(pathOf(item.place))
      if (text === undefined) return { is: 'absent', message: `there is no ${pathOf(item.place)}` }
      if (text === '!') return { is: 'failed', message: 'it is away' }
      if (text === item.version) return { is: 'unchanged' }
      this.readCount++
      return { is: 'text', text, version: text }
    })
  }
}

const list = (name: string, targets: string[], extra = ''): string =>
  `kind: Location\nmetadata: {name: ${name}}\nspec: {targets: ${JSON.stringify(targets)}${extra}}\n`

let reader: MemoryReader
let known: Map<string, KnownFile>
async function read(options: { root?: string; limits?: { depth: number; files: number; characters: number } } = {}): Promise<CrawlResult> {
  const root = options.root ?? 'catalog-info.yaml'
  const result = await crawl({
    roots: [{ address: place(root), target: root, isRequired: !isGlob(root) }],
    known,
    keyOf: pathOf,
    reader,
    hosts: [],
    ...(options.limits ? { limits: options.limits } : {}),
  })
  known = new Map(result.files.map((file) => [file.key, file]))
  return result
}
const keys = (result: CrawlResult): string[] => result.files.map((file) => file.key).sort()

beforeEach(() => {
  reader = new MemoryReader()
  known = new Map()
  reader.files.set('catalog-info.yaml', list('all', ['./a.yaml', './sub/*.yaml']))
  reader.files.set('a.yaml', 'kind: Component')
  reader.files.set('sub/b.yaml', 'kind: Component # b')
  reader.files.set('sub/c.yaml', list('c', ['../d.yaml', '../catalog-info.yaml']))
  reader.files.set('d.yaml', 'kind: Component # d')
})

describe('crawl', () => {
  it('reads what Locations list, level by level, globs and circles included, each file once', async () => {
    const result = await read()
    expect(keys(result)).toEqual(['a.yaml', 'catalog-info.yaml', 'd.yaml', 'sub/b.yaml', 'sub/c.yaml'])
    expect(reader.readCount).toBe(5)
    expect(result.problems).toEqual([])
    expect(known.get('d.yaml')).toMatchObject({ via: 'sub/c.yaml', target: '../d.yaml', parent: 'location:default/c' })
    expect(known.get('catalog-info.yaml')).toMatchObject({ via: null, parent: null })
  })

  it('reads nothing again that did not change, and still knows all of it', async () => {
    await read()
    reader.readCount = 0
    const again = await read()
    expect(reader.readCount).toBe(0)
    expect(keys(again)).toHaveLength(5)
    expect(again.files.some((file) => file.text !== undefined)).toBe(false)
  })

  it('drops what is listed no more', async () => {
    await read()
    reader.files.set('catalog-info.yaml', list('all', ['./a.yaml']))
    expect(keys(await read())).toEqual(['a.yaml', 'catalog-info.yaml'])
  })

  it.each([
    ['a target is away', () => reader.files.set('sub/c.yaml', '!'), 'it is away', true],
    ['a target is gone though it is listed', () => reader.files.delete('d.yaml'), 'there is no d.yaml', false],
  ] as const)('keeps what it had when %s, with a problem', async (_, spoil, message, isPassing) => {
    await read()
    spoil()
    const result = await read()
    expect(keys(result)).toHaveLength(5)
    expect(result.problems).toMatchObject([{ message, isPassing }])
    expect(result.files.find((file) => file.key === 'd.yaml')?.isKept).toBe(true)
  })

  it('keeps what a file listed when it can not be parsed any more', async () => {
    await read()
    reader.files.set('sub/c.yaml', 'kind: Location\nmetadata: {name')
    expect(keys(await read())).toHaveLength(5)
  })

  it('keeps everything when the source is away', async () => {
    await read()
    reader.isAway = true
    const result = await read()
    expect(keys(result)).toHaveLength(5)
    expect(result.problems).toMatchObject([{ key: null, isPassing: true }])
  })

  it('an optional target that is not there is no problem, and goes', async () => {
    reader.files.set('catalog-info.yaml', list('all', ['./a.yaml', './x.yaml'], ', presence: optional'))
    expect((await read()).problems).toEqual([])
    reader.files.delete('a.yaml')
    const result = await read()
    expect(result.problems).toEqual([])
    expect(keys(result)).toEqual(['catalog-info.yaml'])
  })

  it('reads a descriptor again when what its placeholder stands for changed', async () => {
    await read()
    const withInclude = { ...known.get('a.yaml')!, includes: [{ place: place('openapi.json'), version: '1' }] }
    reader.files.set('openapi.json', '1')
    known.set('a.yaml', withInclude)
    expect((await read()).files.find((file) => file.key === 'a.yaml')?.text).toBeUndefined()
    reader.files.set('openapi.json', '2')
    known.set('a.yaml', withInclude)
    expect((await read()).files.find((file) => file.key === 'a.yaml')?.text).toBe('kind: Component')
  })

  it.each([
    ['as deep as allowed', { depth: 2, files: 100, characters: 10_000 }, /deeper than 2/],
    ['as many files as allowed', { depth: 10, files: 3, characters: 10_000 }, /more than 3 files/],
    ['as much as allowed', { depth: 10, files: 100, characters: 100 }, /larger than/],
  ])('goes %s and says so, but takes nothing away', async (_, limits, message) => {
    await read()
    reader.files.set('e.yaml', 'kind: Component # e')
    reader.files.set('catalog-info.yaml', list('all', ['./e.yaml', './a.yaml', './sub/*.yaml']))
    for (const [path, text] of Array.from(reader.files)) if (path !== 'catalog-info.yaml') reader.files.set(path, `${text}\n`)
    const result = await read({ limits })
    expect(result.problems.map((problem) => problem.message).join()).toMatch(message)
    expect(keys(result)).toEqual(expect.arrayContaining(['a.yaml', 'catalog-info.yaml', 'd.yaml', 'sub/b.yaml', 'sub/c.yaml']))
  })

  it('a glob as root may match nothing, and what matched and is gone, goes', async () => {
    expect(keys(await read({ root: 'sub/*.yaml' }))).toEqual(expect.arrayContaining(['sub/b.yaml', 'sub/c.yaml']))
    reader.files.delete('sub/b.yaml')
    expect(keys(await read({ root: 'sub/*.yaml' }))).not.toContain('sub/b.yaml')
    expect((await read({ root: 'none/*.yaml' })).problems).toEqual([])
  })

  it('whatever lists whatever, ends, and two readings agree', async () => {
    const names = ['catalog-info.yaml', 'a.yaml', 'b.yaml', 'c.yaml']
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uniqueArray(fc.constantFrom(...names, '*.yaml', '../x', 'zz.yaml')), { minLength: 4, maxLength: 4 }), async (graph) => {
        reader = new MemoryReader()
        known = new Map()
        for (const [index, targets] of graph.entries())
          reader.files.set(
            names[index]!,
            list(
              `l${index}`,
              targets.map((target) => `./${target}`),
            ),
          )
        const first = await read()
        const second = await read()
        expect(keys(second)).toEqual(keys(first))
        expect(second.files.every((file) => file.text === undefined)).toBe(true)
      }),
    )
  })
})
