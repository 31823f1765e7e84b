import { expect, test } from 'vitest'
import { relationWords, sortRelations } from './relations.ts'

test.each([
  ['dependsOn', 'Depends on'],
  ['providesApi', 'Provides API'],
  ['hasPart', 'Has part'],
])('%s reads %s', (type, words) => {
  expect(relationWords(type)).toBe(words)
})

test('what a thing needs comes before who owns it', () => {
  const relation = (type: string, targetRef: string) => ({ type, targetRef })
  const sorted = sortRelations([relation('ownedBy', 'a'), relation('odd', 'x'), relation('dependsOn', 'b'), relation('dependsOn', 'a')])
  expect(sorted.map((each) => `${each.type} ${each.targetRef}`)).toEqual(['dependsOn a', 'dependsOn b', 'ownedBy a', 'odd x'])
})
