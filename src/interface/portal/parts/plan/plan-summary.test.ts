import { describe, expect, test } from 'vitest'
import type { PlannedAction } from '../../api/shapes.ts'
import { dangerWord, describePlan, groupByConcern, planSentences } from './plan-summary.ts'

const action = (over: Partial<PlannedAction>): PlannedAction => ({
  id: 'a',
  driver: 'postgres',
  verb: 'create',
  target: 'postgres/orders/dev/db',
  title: 'Create the database',
  concern: 'data',
  changes: [],
  dependsOn: [],
  input: {},
  ...over,
})

test.each([
  ['Deploy orders v1 to dev', 'Deploy orders v1 to dev.'],
  ['Nothing to do.', 'Nothing to do.'],
  ['', ''],
])('the summary %j is a sentence: %j', (summary, sentence) => {
  expect(planSentences({ summary, actions: [action({})] })).toEqual([sentence, 'It creates 1.'])
})

describe('describePlan', () => {
  test.each([
    [[], 'changes nothing'],
    [[action({ verb: 'none' })], 'changes nothing'],
    [[action({}), action({}), action({ verb: 'alter' })], 'creates 2, alters 1'],
    [[action({ verb: 'run' })], 'runs 1 step'],
    [[action({}), action({ verb: 'replace', isDestructive: true })], 'creates 1, replaces 1: one action with data loss'],
  ])('case %#', (actions, text) => {
    expect(describePlan(actions)).toBe(text)
  })
})

test('groups come with what can hurt most first, empty ones never', () => {
  const groups = groupByConcern([action({ concern: 'capacity' }), action({ concern: 'data' }), action({ concern: 'capacity' })])
  expect(groups.map((group) => [group.title, group.actions.length])).toEqual([
    ['Data', 1],
    ['Capacity', 2],
  ])
})

test('a plan that can lose data asks for its target to be typed', () => {
  expect(dangerWord([action({})])).toBeNull()
  expect(dangerWord([action({}), action({ isDestructive: true, target: 'postgres/orders/production/db' })])).toBe('postgres/orders/production/db')
})
