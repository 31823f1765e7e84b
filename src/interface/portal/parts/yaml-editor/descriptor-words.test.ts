import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completionPlace } from './completion-place.ts'
import { descriptorWords, refKindsAt, refText } from './descriptor-words.ts'

/** `|` is the cursor. */
const at = (text: string) => completionPlace(text.replace('|', ''), text.indexOf('|'))
const words = (text: string): string[] => descriptorWords(at(text)).map((word) => word.label)

describe('completionPlace', () => {
  test.each([
    ['|', [], 'key', ''],
    ['kind: Com|', ['kind'], 'value', 'Com'],
    ['kind: Component\nspec:\n  ow|', ['spec'], 'key', 'ow'],
    ['kind: Component\nspec:\n  owner: gr|', ['spec', 'owner'], 'value', 'gr'],
    ['spec:\n  dependsOn:\n    - comp|', ['spec', 'dependsOn'], 'value', 'comp'],
    ['spec:\n  dependsOn:\n  - comp|', ['spec', 'dependsOn'], 'value', 'comp'],
    ['metadata:\n  labels:\n    a: b\n  na|', ['metadata'], 'key', 'na'],
    ['metadata:\n  links:\n    - url: http|', ['metadata', 'links', 'url'], 'value', 'http'],
    ['spec:\n  type: a\n|', [], 'key', ''],
  ])('%j', (text, path, what, written) => {
    expect(at(text)).toMatchObject({ path, what, written })
  })

  test('the kind is that of the document at the cursor', () => {
    expect(at('kind: API\nspec: {}\n---\nkind: System\nspec:\n  |').kind).toBe('System')
    expect(at('kind: API\nspec:\n  |\n---\nkind: System\n').kind).toBe('API')
  })

  test('of any text at any place it answers', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '-', '"', '#') }), fc.nat(), (text, offset) => {
        const place = Math.min(offset, text.length)
        const { from, written } = completionPlace(text, place)
        expect(text.slice(from, place)).toBe(written)
      }),
    )
  })
})

test('words of the kind, not of others', () => {
  expect(words('kind: |')).toContain('Component')
  expect(words('kind: Component\nspec:\n  |')).toContain('providesApis')
  expect(words('kind: System\nspec:\n  |')).not.toContain('providesApis')
  expect(words('kind: API\nspec:\n  type: |')).toContain('asyncapi')
  expect(words('kind: API\nspec:\n  lifecycle: |')).toContain('production')
  expect(words('kind: API\nspec:\n  definition: |')).toEqual([])
})

test('references are as short as they may be', () => {
  const group = { kind: 'group', namespace: 'default', name: 'payments' }
  const component = { kind: 'component', namespace: 'shop', name: 'orders' }
  expect(refKindsAt(at('spec:\n  owner: |'))).toEqual(['group', 'user'])
  expect(refText(at('spec:\n  owner: |'), group)).toBe('payments')
  expect(refText(at('spec:\n  owner: |'), { ...group, kind: 'user' })).toBe('user:default/payments')
  expect(refText(at('spec:\n  dependsOn:\n    - |'), component)).toBe('component:shop/orders')
  expect(refKindsAt(at('metadata:\n  name: |'))).toBeUndefined()
})
