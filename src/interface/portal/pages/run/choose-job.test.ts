import { describe, expect, test } from 'vitest'
import type { RunJob, RunStep } from '../../api/shapes.ts'
import { chooseJob, chooseStep, layersOf } from './choose-job.ts'

const job = (key: string, over: Partial<RunJob> = {}): RunJob => ({
  id: key,
  key,
  name: key,
  needs: [],
  state: 'completed',
  conclusion: 'success',
  startedAt: '2026-11-22T12:00:00Z',
  finishedAt: null,
  matrix: {},
  steps: [],
  annotations: [],
  ...over,
})

describe('the job that is opened', () => {
  test.each([
    ['the failed one', [job('a'), job('b', { conclusion: 'failure' }), job('c', { state: 'running', conclusion: null })], 'b'],
    ['else the running one', [job('a'), job('c', { state: 'running', conclusion: null })], 'c'],
    ['else the last that ran', [job('a'), job('b'), job('c', { state: 'queued', conclusion: null, startedAt: null })], 'b'],
    ['none of none', [], undefined],
  ])('%s', (_, jobs, id) => {
    expect(chooseJob(jobs)?.id).toBe(id)
  })

  test('its failing step', () => {
    const step = (number: number, conclusion: RunStep['conclusion']) => ({ number, conclusion, state: 'completed' }) as RunStep
    expect(chooseStep([step(1, 'success'), step(2, 'failure')])?.number).toBe(2)
    expect(chooseStep([step(1, 'success')])).toBeUndefined()
  })
})

test('a job stands right of all that it needs, and a cycle ends', () => {
  const keys = (jobs: RunJob[]) => layersOf(jobs).map((layer) => layer.map((each) => each.key))
  expect(keys([job('deploy', { needs: ['test', 'lint'] }), job('lint'), job('test', { needs: ['lint'] })])).toEqual([['lint'], ['test'], ['deploy']])
  expect(keys([job('a', { needs: ['b'] }), job('b', { needs: ['a'] })]).flat()).toHaveLength(2)
  expect(keys([job('a', { needs: ['gone'] })])).toEqual([['a']])
})
