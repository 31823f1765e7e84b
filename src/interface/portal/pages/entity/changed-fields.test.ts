import { expect, test } from 'vitest'
import { changedFields } from './changed-fields.ts'

test('fields that came, went and changed, by path; lists as a whole; what the catalog makes is left out', () => {
  const before = { metadata: { name: 'a', etag: '1', tags: ['x'] }, spec: { owner: 'a', type: 'service' } }
  const after = { metadata: { name: 'a', etag: '2', tags: ['x', 'y'] }, spec: { owner: 'b', system: 's' } }
  expect(changedFields(before, after)).toEqual([
    { path: 'metadata.tags', before: ['x'], after: ['x', 'y'] },
    { path: 'spec.owner', before: 'a', after: 'b' },
    { path: 'spec.system', before: null, after: 's' },
    { path: 'spec.type', before: 'service', after: null },
  ])
  expect(changedFields(before, before)).toEqual([])
  expect(changedFields(null, { kind: 'API' })).toEqual([{ path: 'kind', before: null, after: 'API' }])
})

test('a value that is read from another file is not told as a change', () => {
  expect(changedFields({ spec: { definition: 'openapi: 3.1.0' } }, { spec: { definition: { $text: './openapi.yaml' } } })).toEqual([])
  expect(changedFields({ spec: { a: 'x' } }, { spec: { a: { text: 'y' } } })).toHaveLength(1)
})
