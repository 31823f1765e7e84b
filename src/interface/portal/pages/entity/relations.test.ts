import { expect, test } from 'vitest'
import { groupRelations, relationWords } from './relations.ts'

test.each([
  ['dependsOn', 'Depends on'],
  ['providesApi', 'Provides API'],
  ['apiProvidedBy', 'API provided by'],
  ['hasPart', 'Has part'],
])('%s reads %s', (type, words) => {
  expect(relationWords(type)).toBe(words)
})

test('what a thing needs comes before who owns it, names in order, and nothing is lost', () => {
  const relation = (type: string, title: string) => ({ type, title, targetRef: `component:default/${title}` })
  const groups = groupRelations([relation('ownedBy', 'a'), relation('odd', 'x'), relation('dependsOn', 'b'), relation('dependsOn', 'a')])
  expect(groups.map((group) => `${group.type}: ${group.items.map((item) => item.title).join(' ')}`)).toEqual(['dependsOn: a b', 'ownedBy: a', 'odd: x'])
})
