import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Conclusion, JobRecord } from './run.ts'
import { ancestorResults, concludeRun, decideSchedule, needsOf } from './schedule.ts'

function job(id: string, change: Partial<JobRecord> = {}): JobRecord {
  const blank = {
    key: id,
    name: id,
    position: 0,
    needs: [],
    matrix: {},
    matrixIndex: 0,
    matrixTotal: 1,
    isExpanded: false,
    maxParallel: null,
    isFailFast: true,
  }
  return { id, ...blank, state: 'queued', conclusion: null, isTolerated: false, attempt: 1, outputs: {}, ...change }
}
const done = (conclusion: Conclusion): Partial<JobRecord> => ({ state: 'completed', conclusion, isExpanded: true })
const cell = (id: string, index: number, change: Partial<JobRecord> = {}): JobRecord => job(id, { key: 'm', matrixIndex: index, isExpanded: true, ...change })

describe('decideSchedule', () => {
  it.each<[string, JobRecord[], Partial<ReturnType<typeof decideSchedule>>]>([
    ['a job without needs can be looked at', [job('a'), job('b', { needs: ['a'] })], { expandable: ['a'], startable: [] }],
    ['a looked-at job can start', [job('a', { isExpanded: true })], { expandable: [], startable: ['a'] }],
    [
      'a job waits for all jobs of a matrix',
      [cell('m1', 0, done('success')), cell('m2', 1), job('b', { needs: ['m'] })],
      { expandable: [], startable: ['m2'] },
    ],
    ['also after failures the next can be looked at', [job('a', done('failure')), job('b', { needs: ['a'] })], { expandable: ['b'] }],
    [
      'max-parallel counts what runs',
      [cell('m1', 0, { state: 'running', maxParallel: 2 }), cell('m2', 1, { maxParallel: 2 }), cell('m3', 2, { maxParallel: 2 })],
      { startable: ['m2'] },
    ],
    [
      'fail-fast stops the others',
      [cell('m1', 0, done('failure')), cell('m2', 1, { state: 'running' }), cell('m3', 2)],
      { failedFast: ['m2', 'm3'], startable: [] },
    ],
    [
      'without fail-fast they go on',
      [cell('m1', 0, { ...done('failure'), isFailFast: false }), cell('m2', 1, { isFailFast: false })],
      { failedFast: [], startable: ['m2'] },
    ],
    ['a tolerated failure stops nobody', [cell('m1', 0, { ...done('failure'), isTolerated: true }), cell('m2', 1)], { failedFast: [], startable: ['m2'] }],
    ['all over is the end', [job('a', done('success')), job('b', done('skipped'))], { conclusion: 'success' }],
  ])('%s', (_why, jobs, expected) => expect(decideSchedule(jobs)).toMatchObject(expected))

  it('never leaves a run without something to do, and ends', () => {
    const results = fc.constantFrom<Conclusion>('success', 'failure', 'cancelled', 'skipped', 'timed_out')
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.array(fc.nat(), { maxLength: 3 }), results), { minLength: 1, maxLength: 8 }), (graph) => {
        let jobs = graph.map(([needs], index) => job(`j${index}`, { needs: index === 0 ? [] : [...new Set(needs.map((need) => `j${need % index}`))] }))
        for (let rounds = 0; ; rounds++) {
          const schedule = decideSchedule(jobs)
          if (schedule.conclusion !== undefined) break
          expect(schedule.expandable.length + schedule.startable.length + schedule.failedFast.length).toBeGreaterThan(0)
          for (const key of schedule.expandable)
            expect(jobs.find((one) => one.id === key)?.needs.every((need) => jobs.find((one) => one.id === need)?.state === 'completed')).toBe(true)
          const [, result] = graph[rounds % graph.length] ?? []
          jobs = jobs.map((one) =>
            schedule.expandable.includes(one.id)
              ? { ...one, isExpanded: true }
              : schedule.startable.includes(one.id) || schedule.failedFast.includes(one.id)
                ? { ...one, ...done(result ?? 'success') }
                : one,
          )
          expect(rounds).toBeLessThan(100)
        }
      }),
    )
  })
})

describe('concludeRun', () => {
  it.each<[Conclusion[], Conclusion]>([
    [['success', 'skipped'], 'success'],
    [['skipped', 'skipped'], 'skipped'],
    [['success', 'cancelled'], 'cancelled'],
    [['cancelled', 'timed_out'], 'timed_out'],
    [['timed_out', 'failure', 'success'], 'failure'],
  ])('%j is %s', (results, expected) => expect(concludeRun(results.map((conclusion) => ({ conclusion, isTolerated: false })))).toBe(expected))
})

it('needs counts a matrix as one job, the last output of a name wins, and a tolerated failure is a success', () => {
  const jobs = [
    cell('m1', 0, { ...done('success'), outputs: { a: '1', b: '1' } }),
    cell('m2', 1, { ...done('failure'), isTolerated: true, outputs: { a: '2' } }),
    job('x', { needs: ['m'] }),
  ]
  expect(needsOf('x', jobs)).toEqual({ m: { result: 'success', outputs: { a: '2', b: '1' } } })
})

it('success() of a job looks at all that it depends on, near and far', () => {
  const jobs = [job('a', done('failure')), job('b', { needs: ['a'], ...done('success') }), job('c', { needs: ['b'] })]
  expect(ancestorResults('c', jobs).sort()).toEqual(['failure', 'success'])
})
