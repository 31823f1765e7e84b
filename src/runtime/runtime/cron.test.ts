import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { latestTime, nextTime, parseCron, type Cron } from './cron.ts'

const read = (text: string): Cron => {
  const { cron, problem } = parseCron(text)
  if (!cron) throw new Error(problem)
  return cron
}

describe('the next time of', () => {
  it.each([
    ['* * * * *', '2026-03-01T10:00:00Z', '2026-03-01T10:01:00Z'],
    ['* * * * *', '2026-03-01T10:00:59.999Z', '2026-03-01T10:01:00Z'],
    ['*/15 * * * *', '2026-03-01T10:50:00Z', '2026-03-01T11:00:00Z'],
    ['5/20 * * * *', '2026-03-01T10:05:00Z', '2026-03-01T10:25:00Z'],
    ['30 6 * * mon-fri', '2026-03-06T06:30:00Z', '2026-03-09T06:30:00Z'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['0 0 29 2 *', '2096-03-01T00:00:00Z', '2104-02-29T00:00:00Z'],
    ['0 12 1 jan,jul *', '2026-01-01T12:00:00Z', '2026-07-01T12:00:00Z'],
    ['0 0 * * 7', '2026-03-02T00:00:00Z', '2026-03-08T00:00:00Z'],
    ['0 0 13 * fri', '2026-03-07T00:00:00Z', '2026-03-13T00:00:00Z'],
    ['0 0 10 * fri', '2026-03-07T00:00:00Z', '2026-03-10T00:00:00Z'],
    ['0 0 */2 * fri', '2026-03-07T00:00:00Z', '2026-03-13T00:00:00Z'],
    ['59 23 31 12 *', '2026-12-31T23:58:00Z', '2026-12-31T23:59:00Z'],
    ['@daily', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'],
  ])('%s after %s is %s', (text, after, next) => expect(nextTime(read(text), new Date(after))?.toISOString()).toBe(new Date(next).toISOString()))
})

it.each([
  ['', /no cron expression/],
  ['* * * *', /no cron expression/],
  ['* * * * * *', /no cron expression/],
  ['60 * * * *', /a minute is 0 to 59, not "60"/],
  ['* 24 * * *', /an? hour is 0 to 23/],
  ['* * 0 * *', /a day is 1 to 31/],
  ['* * * 13 *', /a month is 1 to 12/],
  ['* * * * 8', /a day of the week is 0 to 7/],
  ['* * * * wednesday', /day of the week/],
  ['5-1 * * * *', /ends before it begins/],
  ['*/0 * * * *', /a step of 0/],
  ['1,,2 * * * *', /"" is no minute/],
  ['0 0 31 2 *', /never comes/],
  ['L * * * *', /minute/],
])('%j is refused', (text, message) => expect(parseCron(text).problem).toMatch(message))

describe('for every expression', () => {
  const numbers = (least: number, most: number): fc.Arbitrary<string> =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: least, max: most }).map(String),
      fc.integer({ min: 1, max: most }).map((step) => `*/${step}`),
      fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most })).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    )
  const expressions = fc.tuple(numbers(0, 59), numbers(0, 23), numbers(1, 28), numbers(1, 12), numbers(0, 6)).map((parts) => parts.join(' '))
  const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })

  it('the latest time up to the next one is the next one, and there is none between', () => {
    fc.assert(
      fc.property(expressions, instants, (text, at) => {
        const cron = read(text)
        const next = nextTime(cron, at) as Date
        expect(next.getTime()).toBeGreaterThan(at.getTime())
        expect(next.getTime() % 60_000).toBe(0)
        expect(latestTime(cron, next)).toEqual(next)
        expect((latestTime(cron, new Date(next.getTime() - 1)) as Date).getTime()).toBeLessThanOrEqual(at.getTime())
      }),
      { numRuns: 300 },
    )
  })

  it('takes a text or says what is wrong with it, and never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { cron, problem } = parseCron(text)
        expect(cron === undefined).toBe(typeof problem === 'string')
      }),
    )
  })
})
