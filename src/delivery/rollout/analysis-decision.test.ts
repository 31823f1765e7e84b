import { describe, expect, it } from 'vitest'
import { decideAnalysis, type AnalysisMoment } from './analysis-decision.ts'
import type { Counts } from './e-value.ts'

const moment: AnalysisMoment = {
  traffic: { canary: { requests: 0, errors: 0 }, baseline: { requests: 200, errors: 0 } },
  probes: null,
  target: null,
  elapsedSeconds: 5,
  minSeconds: 10,
  maxSeconds: 60,
}

const none = { requests: 0, errors: 0 }
/** A canary that has seen this, by users and by probes. */
const seen = (users: Counts, probes: Counts | null = null): Pick<AnalysisMoment, 'traffic' | 'probes'> => ({
  traffic: { canary: users, baseline: probes ? none : { requests: 200, errors: 0 } },
  probes: probes && { canary: probes, baseline: { requests: 200, errors: 0 } },
})

describe('decideAnalysis', () => {
  it('ends at once when the canary is worse, also before the shortest time', () => {
    const decision = decideAnalysis({ ...moment, ...seen(none, { requests: 50, errors: 50 }), elapsedSeconds: 2 })
    expect(decision).toMatchObject({
      next: 'end',
      outcome: { outcome: 'refused', reason: 'worse', message: 'canary fails 50 of 50, baseline 0 of 200 in 2 s, all of them our own probes' },
    })
  })

  it('watches a fine canary for the shortest time, then lets it pass', () => {
    const canary = seen(none, { requests: 100, errors: 0 })
    expect(decideAnalysis({ ...moment, ...canary })).toMatchObject({ next: 'watch', percent: 50 })
    expect(decideAnalysis({ ...moment, ...canary, elapsedSeconds: 10 })).toMatchObject({
      next: 'end',
      outcome: {
        outcome: 'done',
        message: 'canary fails 0 of 100, baseline 0 of 200 in 10 s, all of them our own probes',
        outputs: { verdict: 'fine', canaryRequests: 100, probes: 100 },
      },
    })
  })

  it('watches an undecided one to the longest time, saying what it waits for', () => {
    const decision = decideAnalysis({ ...moment, ...seen({ requests: 10, errors: 0 }), elapsedSeconds: 30 })
    expect(decision).toMatchObject({
      next: 'watch',
      percent: 50,
      message: expect.stringMatching(/^canary fails 0 of 10, baseline 0 of 200 in 30 s: needs \d+ more requests$/) as unknown,
    })
  })

  it('takes an undecided one as fine when the time is over, saying on how much', () => {
    const decision = decideAnalysis({ ...moment, ...seen({ requests: 1, errors: 0 }), elapsedSeconds: 60 })
    expect(decision).toMatchObject({
      next: 'end',
      outcome: { outcome: 'done', message: expect.stringMatching(/taken as fine on 1 request, as the time is over$/) as unknown },
    })
    expect(decideAnalysis({ ...moment, elapsedSeconds: 60 })).toMatchObject({ next: 'end', outcome: { outcome: 'done' } })
  })

  it('refuses an undecided one with some evidence against it when the time is over', () => {
    const canary = seen({ requests: 20, errors: 3 })
    expect(decideAnalysis({ ...moment, ...canary, elapsedSeconds: 59 })).toMatchObject({ next: 'watch' })
    expect(decideAnalysis({ ...moment, ...canary, elapsedSeconds: 60 })).toMatchObject({ next: 'end', outcome: { outcome: 'refused', reason: 'likely_worse' } })
  })
})
