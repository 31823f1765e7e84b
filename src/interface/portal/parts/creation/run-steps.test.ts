import { describe, expect, test } from 'vitest'
import { runNotes, runOutput, runSteps, type Creation } from './run-steps.ts'

const event = (message: string, over: object = {}, type: Creation['events'][number]['type'] = 'log'): Creation['events'][number] => ({
  id: 0,
  taskId: 'tsk_1',
  isTaskRecoverable: false,
  type,
  body: { message, ...over },
  createdAt: '2026-11-25T10:00:00Z',
})
const details = { steps: ['fetch', 'publish', 'register'].map((id) => ({ id, name: id, action: 'x' })) }

describe('the run of a golden path', () => {
  test('tells of each step where it is and what it said, without colours', () => {
    const steps = runSteps(details, [
      event('Starting up task with 3 steps'),
      event('Beginning step fetch', { stepId: 'fetch', status: 'processing' }),
      event('\u001B[32minfo\u001B[39m: 14 files', { stepId: 'fetch' }),
      event('Finished step fetch', { stepId: 'fetch', status: 'completed' }),
      event('Beginning step publish', { stepId: 'publish', status: 'processing' }),
      event('\u001B[31merror\u001B[39m: taken', { stepId: 'publish', status: 'failed' }),
    ])
    expect(steps.map(({ status, lines }) => [status, lines])).toEqual([
      ['completed', ['14 files']],
      ['failed', ['error: taken']],
      ['open', []],
    ])
  })

  test('what an earlier attempt did does not count for a later one', () => {
    const events = [event('x', { stepId: 'fetch', status: 'failed' }), event('Trying again', {}, 'recovered')]
    expect(runSteps(details, events)[0]?.status).toBe('open')
  })

  test('a step behind a gate waits for people', () => {
    const events = [event('b', { stepId: 'publish', status: 'processing' }), event('Waiting until people agree: production', { stepId: 'publish' })]
    expect(runSteps(details, events)[1]?.status).toBe('waiting')
  })

  test('what belongs to no step is told apart', () => {
    expect(runNotes([event('Starting up'), event('x', { stepId: 'fetch' })])).toEqual(['Starting up'])
  })

  test.each(['javascript:alert(1)', '//evil.example/', 'data:text/html,x'])('an output that leads to %s leads nowhere', (url) => {
    expect(runOutput({ links: [{ title: 'Go', url }] }).links).toEqual([{ title: 'Go', href: undefined, entityRef: undefined }])
  })

  test('links and texts of the output are read, the rest is left out', () => {
    const read = runOutput({
      links: [{ url: 'https://x.example/' }, 3, { title: 'It', entityRef: 'component:default/a' }],
      text: [{ title: 'Next', content: '**run**' }],
      other: 1,
    })
    expect(read.links.map(({ title }) => title)).toEqual(['https://x.example/', 'It'])
    expect(read.texts).toEqual([{ title: 'Next', content: '**run**' }])
  })
})
