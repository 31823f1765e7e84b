import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkDescriptors, duplicateProblems } from './check-descriptors.ts'
import { looksLikeDescriptor } from './looks-like-descriptor.ts'

const component =
  'apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: orders\nspec:\n  type: service\n  lifecycle: production\n  owner: payments\n'

describe('checkDescriptors', () => {
  it('names the entities of a good file with their places', () => {
    expect(checkDescriptors('a.yaml', component)).toEqual({
      entities: [{ ref: 'component:default/orders', kind: 'Component', line: 4, column: 3 }],
      problems: [],
    })
  })

  it('names file, line and column of what is wrong', () => {
    const { problems } = checkDescriptors('a.yaml', component.replace('orders', '"not ok!"'))
    expect(problems).toMatchObject([{ field: 'metadata.name', file: 'a.yaml', line: 4, column: 3 }])
    expect(checkDescriptors('b.yaml', 'a: [').problems).toMatchObject([{ file: 'b.yaml', line: 1 }])
    expect(checkDescriptors('c.yaml', '# nothing\n').problems).toHaveLength(1)
  })

  it('takes a placeholder for the text that it stands for', () => {
    const api =
      'apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec: {type: openapi, lifecycle: production, owner: x, definition: {$text: ./openapi.yaml}}\n'
    expect(checkDescriptors('a.yaml', api).problems).toEqual([])
  })

  it('asks the feature of the kind', () => {
    const checks = { component: () => [{ field: 'spec.type', message: 'no such type' }] }
    expect(checkDescriptors('a.yaml', component, checks).problems).toEqual([{ field: 'spec.type', message: 'no such type' }])
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void checkDescriptors('x.yaml', text)))
    expect(checkDescriptors('deep.yaml', '['.repeat(100_000)).problems.length).toBeGreaterThan(0)
  })
})

it('a ref in two files is a problem of the second', () => {
  const checked = checkDescriptors('a.yaml', component)
  expect(
    duplicateProblems(
      new Map([
        ['a.yaml', checked],
        ['b.yaml', checked],
      ]),
    ),
  ).toMatchObject([{ file: 'b.yaml', line: 4, message: expect.stringContaining('a.yaml') as unknown }])
})

it.each([
  [component, true],
  ['{"apiVersion": "backstage.io/v1alpha1"}', true],
  ['# x\n---\napiVersion: openslo/v1\n', true],
  ['apiVersion: apps/v1\nkind: Deployment\n', false],
  ['site_name: docs\n', false],
  ['apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: "${{ values.name }}"}\n', false],
  ['apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nspec: {x: "${{ parameters.name }}"}\n', true],
])('looksLikeDescriptor(%j) is %s', (text, isOne) => {
  expect(looksLikeDescriptor(text)).toBe(isOne)
})
