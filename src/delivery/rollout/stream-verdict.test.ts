import { describe, expect, it } from 'vitest'
import { judgeStreams, type Stream } from './stream-verdict.ts'

const stream = (canary: [number, number], baseline: [number, number] | null): Stream => ({
  canary: { errors: canary[0], requests: canary[1] },
  baseline: baseline && { errors: baseline[0], requests: baseline[1] },
})

describe('judgeStreams', () => {
  it.each([
    {
      why: 'few requests of users that all fail are not hidden by many good probes',
      traffic: stream([4, 4], [0, 36]),
      probes: stream([0, 100], [0, 100]),
      expected: { verdict: 'worse', message: 'canary fails 4 of 4 requests of users, baseline 0 of 36' },
    },
    {
      why: 'failing probes are not hidden by many good requests of users',
      traffic: stream([0, 500], [0, 500]),
      probes: stream([10, 10], [0, 10]),
      expected: { verdict: 'worse', message: 'canary fails 10 of 10 of our own probes, baseline 0 of 10' },
    },
    {
      why: 'probes alone are enough',
      traffic: stream([0, 0], [0, 0]),
      probes: stream([0, 60], [0, 60]),
      expected: { verdict: 'fine', message: 'canary fails 0 of 60, baseline 0 of 60' },
    },
    {
      why: 'a single failed request of a user is watched on, however good the probes are',
      traffic: stream([1, 1], [0, 9]),
      probes: stream([0, 100], [0, 100]),
      expected: { verdict: 'undecided', message: 'canary fails 1 of 101, baseline 0 of 109: needs more requests' },
    },
    { why: 'failures that both have blame nobody', traffic: stream([10, 20], [90, 180]), probes: stream([0, 20], [0, 20]), expected: { verdict: 'undecided' } },
    {
      why: 'without probes users decide alone',
      traffic: stream([0, 80], [0, 200]),
      probes: null,
      expected: { verdict: 'fine', message: 'canary fails 0 of 80, baseline 0 of 200' },
    },
  ])('$why', ({ traffic, probes, expected }) => {
    expect(judgeStreams({ traffic, probes, target: 0.99 })).toMatchObject(expected)
  })
})
