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
