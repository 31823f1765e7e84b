import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSource } from '#kernel/common/document'
import { checkEntity } from '#platform/catalog'
import type { DirectoryGroup, DirectoryUser } from './directory-person.ts'
import { personOfClaims } from './oidc/oidc-claims.ts'
import { catalogNameOf, groupFile, userFile } from './people-entities.ts'

const at = new Date('2026-01-01T00:00:00Z')
const user = (userName: string, more: Partial<DirectoryUser> = {}): DirectoryUser => ({
  id: 'u1',
  userName,
  externalId: null,
  displayName: null,
  email: null,
  isActive: true,
  resource: {},
  createdAt: at,
  updatedAt: at,
  ...more,
})
const group = (displayName: string): DirectoryGroup => ({ id: 'g1', displayName, externalId: null, resource: {}, createdAt: at, updatedAt: at })
const faultsOf = (text: string): unknown[] => parseSource('x', text).documents.flatMap((document) => checkEntity(document).problems)

describe('names', () => {
  it.each([
    ['Ana.Lopez@example.com', 'ana.lopez'],
    ['Zoë Müller', 'zoe-muller'],
    ['__', undefined],
  ])('%s becomes %s', (text, name) => {
    expect(catalogNameOf(text)).toBe(name)
  })

  it('make good entities of whoever a directory tells of', () => {
    const anything = fc.string({ unit: 'binary', maxLength: 120 })
    fc.assert(
      fc.property(anything, fc.option(anything), fc.option(anything), (name, displayName, email) => {
        const file = userFile('scim', user(name, { displayName, email }))
        expect(file ? faultsOf(file.text) : []).toEqual([])
        const named = groupFile('scim', group(name), ['ana', 'ben'])
        expect(named ? faultsOf(named.text) : []).toEqual([])
      }),
    )
  })
})

describe('claims', () => {
  it('take a verified address only, and groups as texts', () => {
    expect(personOfClaims({ sub: '1', preferred_username: 'ana', email: 'a@b', email_verified: false, groups: ['/a', 7, 'a', ''] }, 'groups')).toEqual({
      externalId: '1',
      userName: 'ana',
      displayName: null,
      email: null,
      groups: ['a'],
    })
    expect(personOfClaims({ sub: '1', email: 'a@b', email_verified: true, roles: 'x' }, 'roles')).toMatchObject({
      userName: 'a@b',
      email: 'a@b',
      groups: ['x'],
    })
    expect(personOfClaims({ sub: '1', email: 'a@b' }, 'groups')).toBeUndefined()
    expect(personOfClaims({ preferred_username: 'ana' }, 'groups')).toBeUndefined()
  })
})
