import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planFile, type FileFacts } from './ingestion-plan.ts'

const system = (name: string, extra = ''): string =>
  `apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: ${name}}\nspec: {owner: payments${extra}}\n`
const facts = (text: string, more: Partial<FileFacts> = {}): FileFacts => ({
  path: 'catalog-info.yaml',
  text,
  previousRefs: [],
  holderOf: () => undefined,
  isTrusted: false,
  ...more,
})
const previousRefs = ['system:default/a', 'system:default/b']

describe('planFile', () => {
  it('takes what is declared and drops what no longer is', () => {
    const plan = planFile(facts(`${system('a')}---\n${system('c')}`, { previousRefs }))
    expect(plan.upserts.map(({ ref }) => ref)).toEqual(['system:default/a', 'system:default/c'])
    expect(plan.removes).toEqual(['system:default/b'])
  })

  it.each([
    { why: 'broken YAML', text: 'apiVersion: [' },
    { why: 'a wrong field', text: `${system('a')}---\nkind: System` },
    { why: 'a wrong name', text: `${system('a')}---\n${system('"b b"')}` },
  ])('leaves the last good entities, with the problem on them: $why', ({ text }) => {
    const plan = planFile(facts(text, { previousRefs }))
    expect(plan.removes).toEqual([])
    expect(plan.keeps.map(({ ref }) => ref)).toContain('system:default/b')
    expect(plan.keeps.every(({ problems }) => problems.length > 0)).toBe(true)
  })

  it('keeps the first of two with one ref, wherever the first is', () => {
    expect(planFile(facts(`${system('a')}---\n${system('A')}`))).toMatchObject({ problems: [{ message: expect.stringContaining('twice') as string }] })
    const plan = planFile(facts(system('a'), { holderOf: () => 'acme/other/catalog-info.yaml' }))
    expect(plan).toMatchObject({
      upserts: [],
      conflicts: ['system:default/a'],
      problems: [{ message: expect.stringContaining('acme/other') as string, line: 3 }],
    })
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
  ])('survives %s, and keeps what was there', (_what, text) => {
    const startedAt = performance.now()
    const plan = planFile(facts(text, { previousRefs }))
    expect(plan.problems.length).toBeGreaterThan(0)
    expect(plan.removes).toEqual([])
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('never throws, whatever is in a file', () => {
    const piece = fc.constantFrom(
      'apiVersion: ',
      'backstage.io/v1alpha1',
      '\n',
      'kind: ',
      'System',
      'metadata: ',
      '{',
      '}',
      '[',
      ']',
      'name: ',
      'a',
      '  ',
      '- ',
      '---',
      '&x ',
      '*x',
      '"',
      "'",
      '|',
      '>',
      '!!binary ',
      '<<: ',
      ':',
      '#',
      '%YAML 1.1',
      '\u0000',
      '\t',
      'spec: ',
      'owner: x',
      '? ',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const plan = planFile(facts(pieces.join(''), { previousRefs }))
        expect(plan.upserts.length + plan.problems.length + plan.removes.length).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: eve}\nspec: {memberOf: [platform]}',
    'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: payments}\nspec: {type: team, children: [], members: [eve]}',
    'apiVersion: fairway.dev/v1\nkind: Environment\nmetadata: {name: production}\nspec: {approval: null}',
    'apiVersion: fairway.dev/v1\nkind: Policy\nmetadata: {name: p}\nspec: {}',
    'apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\nspec: {type: service, steps: []}',
  ])('lets no ordinary repository declare a privilege: %j', (text) => {
    expect(planFile(facts(text)).upserts).toEqual([])
    expect(planFile(facts(text)).problems).toHaveLength(1)
    expect(planFile(facts(text, { isTrusted: true })).upserts).toHaveLength(1)
  })
})

describe('a document that its feature finds wrong', () => {
  const text = 'apiVersion: fairway.dev/v1\nkind: Policy\nmetadata:\n  name: guard\nspec:\n  wrong: true\n'
  const checks = { policy: () => [{ field: 'spec.validations', message: 'is missing', file: 'policies.yaml', line: 5 }] }
  const facts = { path: 'policies.yaml', text, holderOf: () => undefined, isTrusted: true, checks }

  it('leaves the last good one standing, with the problem on it', () => {
    const plan = planFile({ ...facts, previousRefs: ['policy:default/guard'] })
    expect(plan).toMatchObject({ upserts: [], removes: [], keeps: [{ ref: 'policy:default/guard', problems: [{ field: 'spec.validations', line: 5 }] }] })
  })

  it('is not taken in when it is new', () => {
    expect(planFile({ ...facts, previousRefs: [] })).toMatchObject({ upserts: [], keeps: [], problems: [{ field: 'spec.validations' }] })
  })
})
