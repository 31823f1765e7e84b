import { describe, expect, test } from 'vitest'
import { entitiesOf, mayRemove, placeOfProblem } from './location-look.ts'

const ana = { principal: 'user:default/ana', kind: 'person', groups: ['group:default/payments'], isAdministrator: false }

describe('locations', () => {
  test.each([
    [{ file: 'a.yaml', line: 3, column: 5 }, 'a.yaml:3:5'],
    [{ file: 'a.yaml', line: 3 }, 'a.yaml:3'],
    [{ file: 'a.yaml', column: 5 }, 'a.yaml'],
    [{}, ''],
  ])('%j is at %s', (problem, place) => {
    expect(placeOfProblem(problem)).toBe(place)
  })

  test.each([
    ['who added it', { addedBy: ana.principal }, ana, true],
    ['somebody else', { addedBy: 'user:default/ben' }, ana, false],
    ['an administrator', { addedBy: 'user:default/ben' }, { ...ana, isAdministrator: true }, true],
    ['the platform team', { addedBy: 'user:default/ben' }, { ...ana, groups: ['group:default/platform'] }, true],
    ['an agent that added it', { addedBy: ana.principal }, { ...ana, kind: 'agent' }, false],
    ['nobody, of the built-in host', { addedBy: ana.principal, isBuiltIn: true }, { ...ana, isAdministrator: true }, false],
    ['nobody, of an organisation', { addedBy: ana.principal, parentId: 'loc' }, { ...ana, isAdministrator: true }, false],
    ['a stranger', { addedBy: ana.principal }, undefined, false],
  ])('%s removes it: %j', (_, over, person, expected) => {
    expect(mayRemove({ isBuiltIn: false, parentId: null, addedBy: '', ...over }, person)).toBe(expected)
  })

  test('its entities are found by where they come from', () => {
    expect(entitiesOf({ target: 'https://git.example/acme/x', type: 'git' })).toBe(
      'metadata.annotations.backstage.io/managed-by-origin-location=url:https://git.example/acme/x',
    )
  })
})
