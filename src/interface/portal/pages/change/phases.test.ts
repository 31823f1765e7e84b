import { describe, expect, test } from 'vitest'
import type { Change } from '../../api/shapes.ts'
import { phasesOf } from './phases.ts'

const unmeasured: Change['timings'] = { planMs: null, checkMs: null, waitMs: null, applyMs: null, verifyMs: null }
const change = (state: Change['state'], timings: Partial<Change['timings']>, needsApproval: boolean) => ({
  state,
  timings: { ...unmeasured, ...timings },
  steps: [],
  plan: { approval: needsApproval ? { required: 1, groups: [], separationOfDuties: true, reason: '' } : null } as unknown as Change['plan'],
})

describe('phasesOf', () => {
  test.each([
    ['planning', {}, true, ['active', 'ahead', 'ahead', 'ahead', 'ahead']],
    ['waiting', { planMs: 10, checkMs: 1 }, true, ['done', 'done', 'waits', 'ahead', 'ahead']],
    ['applying', {}, false, ['done', 'done', 'skipped', 'active', 'ahead']],
    ['done', {}, true, ['done', 'done', 'done', 'done', 'done']],
    ['denied', {}, true, ['done', 'failed', 'skipped', 'skipped', 'skipped']],
    ['rejected', {}, true, ['done', 'done', 'failed', 'skipped', 'skipped']],
    ['rolled_back', { planMs: 1, checkMs: 1, waitMs: 1, applyMs: 5 }, true, ['done', 'done', 'done', 'back', 'skipped']],
    ['failed', { planMs: 1, checkMs: 1, applyMs: 5 }, true, ['done', 'done', 'done', 'failed', 'skipped']],
    ['cancelled', { planMs: 1, checkMs: 1 }, true, ['done', 'skipped', 'skipped', 'skipped', 'skipped']],
  ] as const)('%s', (state, timings, needsApproval, states) => {
    expect(phasesOf(change(state, timings, needsApproval)).map((phase) => phase.state)).toEqual(states)
  })
})
