import { describe, expect, test } from 'vitest'
import { changeLook, isInFlight, runLook, worstHealth } from './looks.ts'

describe('looks', () => {
  test.each([
    [['healthy', 'degraded', 'progressing'], 'degraded'],
    [['healthy', 'progressing'], 'progressing'],
    [['healthy', 'unknown'], 'unknown'],
    [['off', 'healthy'], 'healthy'],
    [[], 'off'],
  ] as const)('the worst of %j is %s', (healths, worst) => {
    expect(worstHealth(healths)).toBe(worst)
  })

  test.each([
    ['queued', null, 'Queued'],
    ['running', null, 'Running'],
    ['completed', 'failure', 'Failed'],
    ['completed', 'success', 'Passed'],
  ] as const)('a run that is %s with %s reads %s', (state, conclusion, word) => {
    expect(runLook(state, conclusion).word).toBe(word)
  })

  test('only what waits for a person is purple', () => {
    expect(changeLook('waiting').tone).toBe('purple')
    expect(changeLook('applying').tone).toBe('blue')
  })

  test.each([
    ['waiting', true],
    ['rolling_back', true],
    ['done', false],
    ['expired', false],
  ] as const)('a change that is %s is in flight: %s', (state, expected) => {
    expect(isInFlight(state)).toBe(expected)
  })
})
