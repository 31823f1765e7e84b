import { describe, expect, test } from 'vitest'
import { pickerKinds } from './picker-kinds.ts'
import { formatRepoUrl, parseRepoUrl } from './repo-url.ts'

describe('pickers', () => {
  test.each([
    [{ 'ui:field': 'OwnerPicker' }, ['group', 'user']],
    [{ 'ui:field': 'OwnerPicker', 'ui:options': { allowedKinds: ['Group'] } }, ['group']],
    [{ 'ui:field': 'EntityPicker', 'ui:options': { catalogFilter: { kind: ['System', 'Domain'] } } }, ['system', 'domain']],
    [{ 'ui:field': 'EntityPicker', 'ui:options': { catalogFilter: [{ kind: 'API' }] } }, ['api']],
  ])('%j offers %j', (schema, kinds) => {
    expect(pickerKinds(schema)).toEqual(kinds)
  })

  test('a repository address goes there and back', () => {
    const url = { host: '127.0.0.1:7007', owner: 'acme', repo: 'orders' }
    expect(parseRepoUrl(formatRepoUrl(url))).toEqual(url)
    expect(formatRepoUrl({ host: 'x', owner: '', repo: '' })).toBe('')
    expect(parseRepoUrl('')).toEqual({ host: '', owner: '', repo: '' })
  })
})
