import { describe, expect, test } from 'vitest'
import type { Change } from '../../api/shapes.ts'
import { mayDecide } from './may-decide.ts'

const rule = { required: 1, groups: ['group:default/payments'], separationOfDuties: true, reason: '' }
const change = (over: Partial<Change> = {}) => ({
  plan: { approval: rule } as unknown as Change['plan'],
  requestedBy: 'user:default/ana',
  approvals: [],
  ...over,
})
const ana = { principal: 'user:default/ana', groups: ['group:default/payments'], isAdministrator: false }
const ben = { principal: 'user:default/ben', groups: ['payments'], isAdministrator: false }
const eve = { principal: 'user:default/eve', groups: ['group:default/shop'], isAdministrator: false }

describe('who may decide', () => {
  test.each([
    ['a second person of the group', ben, true],
    ['not the requester', ana, false],
    ['not another team', eve, false],
    ['an administrator of no team', { ...eve, isAdministrator: true }, true],
    ['nobody before it is known who reads', undefined, false],
  ])('%s', (_, me, may) => {
    expect(mayDecide(change(), me).may).toBe(may)
  })

  test('nobody approves twice', () => {
    const approvals = [{ by: ben.principal, verdict: 'approved' as const, at: '', comment: null, planHash: 'x' }]
    expect(mayDecide(change({ approvals }), ben)).toEqual({ may: false, why: 'You have approved it.' })
  })

  test('the requester may where duties are not separate', () => {
    const plan = { approval: { ...rule, separationOfDuties: false } } as unknown as Change['plan']
    expect(mayDecide(change({ plan }), ana).may).toBe(true)
  })
})
