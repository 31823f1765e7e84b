import { describe, expect, test } from 'vitest'
import { catalogFilters, searchOf } from './catalog-filter.ts'
import { formatRepoUrl, parseRepoUrl } from './repo-url.ts'

describe('pickers', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ['OwnerPicker', {}, ['kind=group,kind=user']],
    ['OwnerPicker', { allowedKinds: ['Group'] }, ['kind=group']],
    ['OwnerPicker', { catalogFilter: { kind: 'Group', 'spec.type': 'team' } }, ['kind=group,spec.type=team']],
    ['EntityPicker', { catalogFilter: { kind: ['System', 'Domain'] } }, ['kind=system,kind=domain']],
    [
      'EntityPicker',
      { catalogFilter: [{ kind: 'API' }, { kind: 'Resource', 'metadata.annotations.x': { exists: true } }] },
      ['kind=api', 'kind=resource,metadata.annotations.x'],
    ],
    ['OwnedEntityPicker', { catalogFilter: { kind: 'Component' } }, ['kind=component,relations.ownedBy=group:default/a']],
  ])('%s with %j asks for %j', (field, options, filters) => {
    expect(catalogFilters(field, options, ['group:default/a'])).toEqual(filters)
  })

  test.each([
    ['group:default/payments', 'payments'],
    ['pay', 'pay'],
    ['group:', ''],
  ])('typing %s searches for "%s"', (text, search) => {
    expect(searchOf(text)).toBe(search)
  })

  test.each([
    { host: '127.0.0.1:7007', owner: 'acme', repo: 'orders' },
    { host: 'dev.azure.com', owner: '', repo: 'orders', organization: 'acme', project: 'shop' },
  ])('a repository address goes there and back: %j', (url) => {
    expect(parseRepoUrl(formatRepoUrl(url))).toEqual(url)
  })

  test('no address is made of nothing', () => {
    expect(formatRepoUrl({ host: 'x', owner: '', repo: '' })).toBe('')
    expect(parseRepoUrl('')).toEqual({ host: '', owner: '', repo: '' })
  })
})
