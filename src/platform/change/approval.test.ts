import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eligibilityOf, mayReject, tallyApprovals, type ApprovalRule, type Decision } from './approval.ts'

const rule: ApprovalRule = { required: 2, groups: ['group:default/payments'], separationOfDuties: true, reason: 'production asks for 2 approvals' }
const decision = (by: string, over: Partial<Decision> = {}): Decision => ({
  by: `user:default/${by}`,
  byKind: 'person',
  groups: ['group:default/payments'],
  verdict: 'approved',
  planHash: 'h1',
  comment: null,
  at: new Date(0),
  ...over,
})
const tally = (decisions: Decision[], over: Partial<ApprovalRule> = {}) => tallyApprovals({ ...rule, ...over }, 'user:default/ana', 'h1', decisions)

describe('tallyApprovals', () => {
  it.each([
    { why: 'two different people of the group approve', decisions: [decision('ben'), decision('cy')], outcome: 'approved' },
    { why: 'one person counts once', decisions: [decision('ben'), decision('ben')], outcome: 'pending' },
    { why: "the requester's own approval does not count", decisions: [decision('ana'), decision('ben')], outcome: 'pending' },
    { why: 'an approval of another plan is not seen', decisions: [decision('ben'), decision('cy', { planHash: 'h0' })], outcome: 'pending' },
    { why: 'an approval from outside the groups does not count', decisions: [decision('ben'), decision('cy', { groups: [] })], outcome: 'pending' },
    { why: 'an agent never satisfies a human approval', decisions: [decision('ben'), decision('cy', { byKind: 'agent' })], outcome: 'pending' },
    { why: 'a rejection outweighs approvals', decisions: [decision('ben'), decision('cy'), decision('di', { verdict: 'rejected' })], outcome: 'rejected' },
    {
      why: 'a rejection from outside the groups is not seen',
      decisions: [decision('ben'), decision('di', { verdict: 'rejected', groups: [] })],
      outcome: 'pending',
    },
    { why: 'the requester may reject the own change', decisions: [decision('ana', { verdict: 'rejected', groups: [] })], outcome: 'rejected' },
    {
      why: 'a rejection of another plan is not seen',
      decisions: [decision('ben'), decision('cy'), decision('di', { verdict: 'rejected', planHash: 'h0' })],
      outcome: 'approved',
    },
  ])('$why: $outcome', ({ decisions, outcome }) => {
    expect(tally(decisions).outcome).toBe(outcome)
  })

  it('without separation of duties the requester counts as one', () => {
    expect(tally([decision('ana'), decision('ben')], { separationOfDuties: false }).outcome).toBe('approved')
  })

  it('without groups anybody counts', () => {
    expect(tally([decision('ben', { groups: [] }), decision('cy', { groups: [] })], { groups: [] }).outcome).toBe('approved')
  })
})

describe('10 000 random interleavings of decisions and of changes to the plan', () => {
  const people = ['ana', 'ben', 'cy', 'di']
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('decide' as const),
      by: fc.constantFrom(...people),
      byKind: fc.constantFrom('person' as const, 'person' as const, 'agent' as const, 'service' as const),
      isMember: fc.boolean(),
      verdict: fc.constantFrom('approved' as const, 'approved' as const, 'rejected' as const),
    }),
    fc.record({ kind: fc.constant('replan' as const) }),
  )
  const world = fc.record({
    steps: fc.array(step, { maxLength: 12 }),
    required: fc.integer({ min: 1, max: 3 }),
    hasGroups: fc.boolean(),
    separationOfDuties: fc.boolean(),
  })

  it('never approve by the requester, by too few different people, by outsiders or machines, or for a plan that has changed', () => {
    fc.assert(
      fc.property(world, ({ steps, required, hasGroups, separationOfDuties }) => {
        const current: ApprovalRule = { required, groups: hasGroups ? ['group:default/payments'] : [], separationOfDuties, reason: '' }
        let plan = 0
        const decisions: Decision[] = []
        for (const one of steps) {
          if (one.kind === 'replan') plan++
          else
            decisions.push(
              decision(one.by, { byKind: one.byKind, groups: one.isMember ? ['group:default/payments'] : [], verdict: one.verdict, planHash: `h${plan}` }),
            )

          const answer = tallyApprovals(current, 'user:default/ana', `h${plan}`, decisions)
          // The model, written another way: who said yes to this very plan, and was allowed to.
          const yes = new Set<string>()
          let isRejected = false
          for (const said of decisions) {
            if (said.planHash !== `h${plan}` || said.byKind !== 'person') continue
            const isRequester = said.by === 'user:default/ana'
            const isInside = !hasGroups || said.groups.length > 0
            if (said.verdict === 'rejected' && (isInside || isRequester)) isRejected = true
            if (said.verdict === 'approved' && isInside && !(separationOfDuties && isRequester)) yes.add(said.by)
          }
          expect(answer.outcome).toBe(isRejected ? 'rejected' : yes.size >= required ? 'approved' : 'pending')
          expect(answer.approvedBy).toEqual([...yes].sort())
        }
      }),
      { numRuns: 10_000 },
    )
  })

  it('give the same answer in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(['ben', 'cy', 'di', 'ana'], { minLength: 1 }), fc.boolean(), (order, isRejected) => {
        const decisions = order.map((by, index) => decision(by, isRejected && index === 0 ? { verdict: 'rejected' } : {}))
        expect(tally(decisions).outcome).toBe(tally([...decisions].reverse()).outcome)
      }),
    )
  })
})

describe('eligibilityOf', () => {
  it.each([
    {
      why: 'a machine',
      person: { by: 'service:ci', byKind: 'service' as const, groups: ['group:default/payments'] },
      reason: 'only people decide, and service:ci is a service',
    },
    {
      why: 'the requester',
      person: { by: 'user:default/ana', byKind: 'person' as const, groups: ['group:default/payments'] },
      reason: 'user:default/ana asked for this change: somebody else must approve it',
    },
    {
      why: 'an outsider',
      person: { by: 'user:default/olga', byKind: 'person' as const, groups: ['group:default/platform'] },
      reason: 'an approver must be in group:default/payments, and user:default/olga is not',
    },
  ])('says why $why may not decide', ({ person, reason }) => {
    expect(eligibilityOf(rule, 'user:default/ana', person)).toEqual({ isEligible: false, reason })
  })

  it('an agent may not even reject', () => {
    expect(mayReject(rule, 'agent:x', { by: 'agent:x', byKind: 'agent', groups: ['group:default/payments'] })).toBe(false)
  })
})
