import { expect, it } from 'vitest'
import type { Change } from './change-view.ts'
import { waitsForPeople } from './follow-change.ts'

const change = (state: Change['state'], verdicts: ('approved' | 'rejected')[], required: number): Parameters<typeof waitsForPeople>[0] => ({
  state,
  approvals: verdicts.map((verdict) => ({ by: 'user:default/ben', verdict, at: '2026-01-01T00:00:00.000Z', comment: '', planHash: 'x' })),
  plan: { approval: { required, groups: [], separationOfDuties: true, reason: '' } } as unknown as Change['plan'],
})

it('waits for people until the last approval is given, though the change still says that it waits', () => {
  expect(waitsForPeople(change('waiting', [], 1))).toBe(true)
  expect(waitsForPeople(change('waiting', ['approved'], 2))).toBe(true)
  expect(waitsForPeople(change('waiting', ['approved'], 1))).toBe(false)
  expect(waitsForPeople(change('applying', ['approved'], 1))).toBe(false)
})
