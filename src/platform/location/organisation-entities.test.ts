import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkEntity } from '#platform/catalog'
import { parseSource } from '#kernel/common/document'
import { organisationEntities } from './organisation-entities.ts'

const teams = [
  { name: 'payments', title: 'Payments', parent: 'commerce', members: ['Ana', 'ben'] },
  { name: 'commerce', title: '', description: 'Sells', parent: null, members: [] },
]
const members = [
  { login: 'Ana', name: 'Ana A', email: 'ana@example.org' },
  { login: 'ben', name: null, email: null },
]

describe('organisationEntities', () => {
  it('makes groups of teams and users of members, with who is in what', () => {
    expect(organisationEntities('github.com', teams, members)).toMatchObject([
      { kind: 'Group', metadata: { name: 'commerce', description: 'Sells' }, spec: { profile: { displayName: 'commerce' }, children: [] } },
      { kind: 'Group', metadata: { name: 'payments', annotations: { 'github.com/team-slug': 'payments' } }, spec: { parent: 'commerce', type: 'team' } },
      { kind: 'User', metadata: { name: 'ana' }, spec: { profile: { displayName: 'Ana A', email: 'ana@example.org' }, memberOf: ['payments'] } },
      { kind: 'User', metadata: { name: 'ben' }, spec: { profile: { displayName: 'ben' }, memberOf: ['payments'] } },
    ])
  })

  it('of two names that become one, the first stays, and a team is not its own parent', () => {
    const entities = organisationEntities(
      'x',
      [
        { name: 'A B', title: '1', parent: 'a-b', members: [] },
        { name: 'a-b', title: '2', parent: null, members: [] },
      ],
      [],
    )
    expect(entities).toHaveLength(1)
    expect(entities[0]?.spec).not.toHaveProperty('parent')
  })

  it('whatever a host says becomes entities that the catalog takes, the same for any order', () => {
    const text = fc.string({ maxLength: 80, unit: 'binary' })
    const team = fc.record({ name: text, title: text, parent: fc.option(text), members: fc.array(text, { maxLength: 4 }) })
    const member = fc.record({ login: text, name: fc.option(text), email: fc.option(text) })
    fc.assert(
      fc.property(
        fc.uniqueArray(team, { maxLength: 6, selector: (item) => item.name }),
        fc.uniqueArray(member, { maxLength: 6, selector: (item) => item.login }),
        (some, people) => {
          const entities = organisationEntities('github.com', some, people)
          for (const entity of entities) {
            const document = parseSource('x', JSON.stringify(entity)).documents[0]!
            expect(checkEntity(document).problems).toEqual([])
          }
          expect(organisationEntities('github.com', some.toReversed(), people.toReversed())).toEqual(entities)
        },
      ),
    )
  })
})
