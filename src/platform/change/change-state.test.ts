import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHANGE_STATES, isCancellable, isFinal, moveReason, timingsOf, type ChangeState } from './change-state.ts'

describe('states of a change', () => {
  it('are left by a move with a reason, or never', () => {
    expect(CHANGE_STATES.filter((state) => isFinal(state)).sort()).toEqual(['cancelled', 'denied', 'done', 'expired', 'failed', 'rejected', 'rolled_back'])
    for (const from of CHANGE_STATES) expect(moveReason(from, from)).toBeUndefined()
  })

  it.each([
    ['planning', 'applying', 'the check can not be jumped'],
    ['checking', 'verifying', 'nothing is verified that was not applied'],
    ['waiting', 'done', 'an approval is not an apply'],
    ['waiting', 'verifying', 'as above'],
    ['applying', 'done', 'nothing is done unverified'],
    ['applying', 'rolled_back', 'undoing is a state of its own'],
    ['rolling_back', 'done', 'what is undone is not done'],
    ['rejected', 'applying', 'a rejection is for ever'],
    ['expired', 'applying', 'too late is too late'],
  ] as [ChangeState, ChangeState, string][])('never go from %s to %s: %s', (from, to) => {
    expect(moveReason(from, to)).toBeUndefined()
  })

  it('always lead to an end, along any walk that goes back to no state: only people can make a change wait again', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 20, maxLength: 20 }), (choices) => {
        let state: ChangeState = 'planning'
        const seen = new Set<ChangeState>([state])
        for (const choice of choices) {
          const moves = CHANGE_STATES.filter((to) => moveReason(state, to) !== undefined)
          const back = moves.filter((to) => seen.has(to))
          const isAllowed = back.length === 0 || [state, ...back].sort().join() === 'applying,waiting'
          expect(isAllowed, `${state} -> ${back.join()}`).toBe(true)
          const next = moves.filter((to) => !seen.has(to))
          if (next.length === 0) break
          state = next[choice % next.length] as ChangeState
          seen.add(state)
        }
        expect(isFinal(state)).toBe(true)
        expect(seen.size).toBeLessThanOrEqual(7)
      }),
    )
  })

  it('can be cancelled until it is being undone', () => {
    expect(CHANGE_STATES.filter((state) => isCancellable(state))).toEqual(['planning', 'checking', 'waiting', 'applying', 'verifying'])
  })
})

describe('timingsOf', () => {
  const at = (second: number): string => new Date(second * 1_000).toISOString()
  it('splits the life of a change into its stages', () => {
    const entered = { planning: at(0), checking: at(1), waiting: at(2), applying: at(10), verifying: at(14) }
    expect(timingsOf({ requestedAt: new Date(0), finishedAt: new Date(15_000), entered })).toEqual({
      planMs: 1_000,
      checkMs: 1_000,
      waitMs: 8_000,
      applyMs: 4_000,
      verifyMs: 1_000,
    })
  })

  it('counts a wait in the middle of the applying as applying', () => {
    const entered = { planning: at(0), checking: at(1), applying: at(3), waiting: at(4), verifying: at(14) }
    expect(timingsOf({ requestedAt: new Date(0), finishedAt: new Date(15_000), entered })).toMatchObject({ checkMs: 2_000, waitMs: null, applyMs: 11_000 })
  })

  it('leaves out what was not reached', () => {
    expect(timingsOf({ requestedAt: new Date(0), finishedAt: null, entered: { planning: at(0) } })).toEqual({
      planMs: null,
      checkMs: null,
      waitMs: null,
      applyMs: null,
      verifyMs: null,
    })
  })
})
