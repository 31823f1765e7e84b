import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PlannedAction } from '#kernel/common/driver'
import type { Plan } from './change.ts'
import { orderActions, planHashOf, stagesOf } from './plan.ts'

const action = (id: string, dependsOn: string[] = []): PlannedAction => ({
  id,
  driver: 'sample',
  verb: 'create',
  target: id,
  title: id,
  concern: 'data',
  changes: [],
  dependsOn,
  input: {},
})
const idsOf = (actions: readonly PlannedAction[]): string[] => actions.map(({ id }) => id)

describe('orderActions', () => {
  it('puts each action after all that it depends on, and otherwise keeps the order of the plan', () => {
    const ordering = orderActions([action('c', ['a', 'b']), action('b', ['a']), action('a'), action('d')])
    expect(ordering.outcome === 'ordered' && idsOf(ordering.actions)).toEqual(['a', 'b', 'c', 'd'])
  })

  it.each([
    { why: 'a circle', actions: [action('a', ['b']), action('b', ['a'])], message: 'these actions wait for each other: a, b' },
    { why: 'an unknown dependency', actions: [action('a', ['x'])], message: 'action "a" depends on "x", which is not in the plan' },
    { why: 'a double id', actions: [action('a'), action('a')], message: 'two actions are called "a"' },
  ])('refuses $why', ({ actions, message }) => {
    expect(orderActions(actions)).toEqual({ outcome: 'impossible', message })
  })

  it('orders every graph without circles, and the same way each time', () => {
    const graph = fc.array(fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), { maxLength: 30 }).map((edges) =>
      edges.map((targets, index) =>
        action(
          `a${index}`,
          targets.filter((target) => target < index).map((target) => `a${target}`),
        ),
      ),
    )
    fc.assert(
      fc.property(graph, (actions) => {
        const ordering = orderActions([...actions].reverse())
        if (ordering.outcome !== 'ordered') throw new Error(ordering.message)
        const place = new Map(ordering.actions.map((one, index) => [one.id, index]))
        for (const one of actions) for (const needed of one.dependsOn) expect(place.get(needed)).toBeLessThan(place.get(one.id) ?? -1)
        expect(orderActions([...actions].reverse())).toEqual(ordering)
        expect(ordering.actions).toHaveLength(actions.length)
      }),
    )
  })
})

describe('stagesOf', () => {
  it.each([
    { ids: ['a', 'b'], stages: ['apply', 'apply'] },
    { ids: ['a', 'verify', 'b'], stages: ['apply', 'verify', 'cleanup'] },
    { ids: ['a', 'verify:1', 'verify:2'], stages: ['apply', 'verify', 'verify'] },
    { ids: ['verify'], stages: ['verify'] },
    { ids: ['verifying', 'a'], stages: ['apply', 'apply'] },
  ])('$ids: $stages', ({ ids, stages }) => {
    expect(stagesOf(ids.map((id) => action(id)))).toEqual(stages)
  })
})

describe('planHashOf', () => {
  const plan: Plan = {
    summary: 's',
    actions: [action('a')],
    rollback: [],
    costCentsPerMonth: 1,
    verdicts: [],
    approval: { required: 1, groups: [], separationOfDuties: true, reason: '' },
    unchanged: false,
  }
  const base = planHashOf('deploy', { release: 'rel_1' }, plan)

  it('does not depend on the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(plan).reverse()) as unknown as Plan
    expect(planHashOf('deploy', { release: 'rel_1' }, reversed)).toBe(base)
  })

  it.each([
    { what: 'an action', hash: planHashOf('deploy', { release: 'rel_1' }, { ...plan, actions: [{ ...action('a'), input: { replicas: 2 } }] }) },
    { what: 'the way back', hash: planHashOf('deploy', { release: 'rel_1' }, { ...plan, rollback: [action('b')] }) },
    { what: 'who must approve', hash: planHashOf('deploy', { release: 'rel_1' }, { ...plan, approval: null }) },
    { what: 'a verdict', hash: planHashOf('deploy', { release: 'rel_1' }, { ...plan, verdicts: [{ policy: 'p', outcome: 'warned', message: '' }] }) },
    { what: 'the input', hash: planHashOf('deploy', { release: 'rel_2' }, plan) },
    { what: 'the kind', hash: planHashOf('destroy', { release: 'rel_1' }, plan) },
  ])('is another one when $what changes', ({ hash }) => {
    expect(hash).not.toBe(base)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
  })
})
