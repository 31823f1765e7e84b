import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planBatch, type BatchFacts, type BatchPlan, type Holder } from './batch-plan.ts'
import { readFile } from './read-file.ts'
import type { SourceTrust } from './source-batch.ts'

const system = (name: string, extra = ''): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: ${name}}\nspec: {owner: payments${extra}}\n`
const SOURCE = 'git:acme/orders'
const PATH = 'catalog-info.yaml'
const TRUST = { organisation: 3, templates: 2, catalog: 1 }
const previous = ['system:default/a', 'system:default/b']

async function plan(
  files: Record<string, string>,
  more: Partial<Omit<BatchFacts, 'reads'>> = {},
  trust: SourceTrust = { level: 'catalog' },
): Promise<BatchPlan & { refs: string[] }> {
  const reads = await Promise.all(Object.entries(files).map(([path, text]) => readFile({ path, text, location: `url:http://x/${path}` }, SOURCE, trust, {})))
  const made = planBatch({
    source: SOURCE,
    trust: TRUST[trust.level],
    reads,
    removed: new Set(),
    previousRefs: new Map(),
    holderOf: () => undefined,
    claimsOn: () => [],
    ...more,
  })
  return { ...made, refs: [...made.upserts.keys()] }
}
const heldBy = (holder: Partial<Holder>) => (): Holder => ({ source: 'git:acme/other', path: PATH, trust: 1, ...holder })

describe('planBatch', () => {
  it('takes what is declared and drops what no longer is', async () => {
    const made = await plan({ [PATH]: `${system('a')}---\n${system('c')}` }, { previousRefs: new Map([[PATH, previous]]) })
    expect(made.refs).toEqual(['system:default/a', 'system:default/c'])
    expect(made.removes).toEqual(['system:default/b'])
  })

  it.each([
    { why: 'broken YAML', text: 'apiVersion: [' },
    { why: 'a wrong field', text: `${system('a')}---\nkind: System` },
    { why: 'a wrong name', text: `${system('a')}---\n${system('"b b"')}` },
  ])('leaves the last good entities, with the problem on them: $why', async ({ text }) => {
    const made = await plan({ [PATH]: text }, { previousRefs: new Map([[PATH, previous]]) })
    expect(made.removes).toEqual([])
    expect(made.keeps.get('system:default/b')?.problems.length).toBeGreaterThan(0)
  })

  it('keeps the first of two with one ref, wherever the first is; the other waits', async () => {
    expect((await plan({ [PATH]: `${system('a')}---\n${system('A')}` })).problemsOf.get(PATH)).toMatchObject([
      { message: expect.stringContaining('twice') as string },
    ])
    const made = await plan({ [PATH]: system('a') }, { holderOf: heldBy({}) })
    expect(made).toMatchObject({
      refs: [],
      claims: [{ document: { ref: 'system:default/a' } }],
      conflicts: [{ message: expect.stringContaining('acme/other/catalog-info.yaml') as string, line: 3 }],
    })
  })

  it('lets trust decide before time', async () => {
    const made = await plan({ [PATH]: system('a') }, { holderOf: heldBy({}) }, { level: 'organisation' })
    expect(made).toMatchObject({ refs: ['system:default/a'], conflicts: [], driven: [{ ref: 'system:default/a' }] })
    expect((await plan({ [PATH]: system('a') }, { holderOf: heldBy({ trust: 3 }) })).refs).toEqual([])
  })

  it('lets a waiting declaration in when the holder goes', async () => {
    const heir = { id: 7, ref: 'system:default/a', source: 'git:acme/copy', path: PATH, trust: 1 }
    const made = await plan({}, { removed: new Set([PATH]), previousRefs: new Map([[PATH, ['system:default/a']]]), claimsOn: () => [heir] })
    expect(made).toMatchObject({ removes: [], takeovers: [heir] })
  })

  it('moves what leaves one file and arrives in another, good or wrong', async () => {
    const facts = {
      removed: new Set(['old.yaml']),
      previousRefs: new Map([['old.yaml', ['system:default/a']]]),
      holderOf: heldBy({ source: SOURCE, path: 'old.yaml' }),
    }
    expect(await plan({ 'new.yaml': system('a') }, facts)).toMatchObject({ refs: ['system:default/a'], removes: [], conflicts: [] })
    const wrong = await plan({ 'new.yaml': system('a').replace('owner: payments', 'owner: 7') }, facts)
    expect(wrong).toMatchObject({ refs: [], removes: [] })
    expect(wrong.keeps.get('system:default/a')).toMatchObject({ path: 'new.yaml' })
  })

  it.each<{ trust: SourceTrust; kind: string; isGood: boolean }>([
    { trust: { level: 'catalog' }, kind: 'User', isGood: false },
    { trust: { level: 'catalog', allow: ['User'] }, kind: 'User', isGood: true },
    { trust: { level: 'catalog', allow: ['Environment', 'Policy'] }, kind: 'Environment', isGood: false },
    { trust: { level: 'templates' }, kind: 'Group', isGood: false },
    { trust: { level: 'templates' }, kind: 'Template', isGood: true },
    { trust: { level: 'catalog' }, kind: 'Template', isGood: false },
    { trust: { level: 'organisation' }, kind: 'Environment', isGood: true },
  ])('$trust may declare a $kind: $isGood', async ({ trust, kind, isGood }) => {
    const texts: Record<string, string> = {
      User: 'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: a}\nspec: {memberOf: []}\n',
      Group: 'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: a}\nspec: {type: team, children: []}\n',
      Template: 'apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: a}\nspec: {type: service, steps: []}\n',
      Environment: 'apiVersion: fairway.dev/v1\nkind: Environment\nmetadata: {name: a}\nspec: {order: 1}\n',
    }
    const made = await plan({ [PATH]: texts[kind] ?? '' }, {}, trust)
    expect(made.refs.length === 1).toBe(isGood)
    expect(made.problemsOf.get(PATH)?.length === 0).toBe(isGood)
  })

  it.each([
    ['depth', '['.repeat(100_000)],
    ['depth of maps', 'a: {'.repeat(50_000)],
    ['NUL', system('"a\\0b"')],
    ['half a surrogate pair', system('a').replace('payments', '"\\ud800"')],
    [
      'aliases without end',
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(9)}x]`)
        .join('\n')}`,
    ],
    ['size', `x: "${'y'.repeat(1_100_000)}"`],
    [
      'a prototype',
      '__proto__: {kind: System}\nkind: System\napiVersion: backstage.io/v1alpha1\nmetadata: {name: constructor, __proto__: {a: b}}\nspec: {owner: x}',
    ],
  ])('survives %s, and keeps what was there', async (_what, text) => {
    const startedAt = performance.now()
    const made = await plan({ [PATH]: text }, { previousRefs: new Map([[PATH, previous]]) })
    expect(made.problemsOf.get(PATH)?.length).toBeGreaterThan(0)
    expect(made.removes).toEqual([])
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('loses no ref, whatever is declared where: each is held, kept, handed over or removed', async () => {
    const names = ['a', 'b', 'c', 'd']
    const text = fc
      .array(fc.tuple(fc.constantFrom(...names), fc.constantFrom('good', 'wrong', 'unreadable')), { maxLength: 4 })
      .map((documents) =>
        documents.map(([name, state]) => (state === 'good' ? system(name) : state === 'wrong' ? system(name).replace('payments', '7') : '{[')).join('---\n'),
      )
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('x.yaml', 'y.yaml', 'z.yaml'), text, { maxKeys: 3 }),
        fc.dictionary(fc.constantFrom(...names), fc.constantFrom('x.yaml', 'y.yaml', 'z.yaml', 'gone.yaml')),
        async (files, held) => {
          const previousRefs = new Map<string, string[]>()
          const holders = new Map<string, Holder>()
          for (const [name, path] of Object.entries(held)) {
            if (path !== 'gone.yaml' && !(path in files)) continue
            previousRefs.set(path, [...(previousRefs.get(path) ?? []), `system:default/${name}`])
            holders.set(`system:default/${name}`, { source: SOURCE, path, trust: 1 })
          }
          const made = await plan(files, { previousRefs, removed: new Set(['gone.yaml']), holderOf: (ref) => holders.get(ref) })
          for (const ref of holders.keys()) {
            const places = [made.upserts.has(ref), made.keeps.has(ref), made.removes.includes(ref)]
            expect(places.filter(Boolean)).toHaveLength(1)
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})
