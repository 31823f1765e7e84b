import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChangeStep, Plan } from '#platform/change'
import { taskEvents, type Attempt, type AttemptChange } from './task-events.ts'

const at = (second: number): Date => new Date(second * 1_000)
const step = (id: string, more: Partial<{ state: string; log: string[]; actions: string[] }> = {}): object => ({
  id,
  name: id.toUpperCase(),
  action: 'x',
  state: 'ran',
  log: [],
  actions: [],
  ...more,
})
const plan = (steps: object[], gates: Plan['gates'] = {}): Plan => ({
  summary: '',
  actions: [],
  rollback: [],
  costCentsPerMonth: 0,
  verdicts: [],
  approval: null,
  unchanged: false,
  gates,
  details: { steps: steps as never, output: { text: 'done' } },
})
const action = (actionId: string, state: ChangeStep['state'], second: number, phase: ChangeStep['phase'] = 'apply'): ChangeStep => ({
  actionId,
  phase,
  title: actionId,
  driver: 'x',
  verb: 'run',
  state,
  message: `${actionId} is ${state}`,
  percent: null,
  startedAt: state === 'pending' ? null : at(second),
  finishedAt: state === 'done' || state === 'failed' ? at(second + 1) : null,
  outputs: {},
})
const STEPS = [step('a', { log: ['hello'] }), step('b', { actions: ['one', 'two'] }), step('c', { state: 'skipped' }), step('d', { actions: ['three'] })]
const ACTIONS = ['one', 'two', 'three']

/** A change of which so many actions are done, and how it went on. */
function changeAt(done: number, next: 'pending' | 'running' | 'failed' | 'undone' | 'cancelled'): AttemptChange {
  const isOver = done === ACTIONS.length || ['failed', 'undone', 'cancelled'].includes(next)
  const steps = ACTIONS.map((id, index) =>
    action(
      id,
      index < done
        ? 'done'
        : index > done
          ? isOver
            ? 'skipped'
            : 'pending'
          : next === 'running' || next === 'pending'
            ? next
            : next === 'cancelled'
              ? 'skipped'
              : 'failed',
      index + 1,
    ),
  )
  return {
    state:
      done === ACTIONS.length ? 'done' : next === 'failed' ? 'failed' : next === 'undone' ? 'rolled_back' : next === 'cancelled' ? 'cancelled' : 'applying',
    plan: plan(STEPS, { two: { required: 1, groups: [], separationOfDuties: true, reason: 'two is risky' } }),
    steps: next === 'undone' && done < ACTIONS.length ? [...steps, action('undo', 'done', 9, 'rollback')] : steps,
    result: isOver ? { message: done === ACTIONS.length ? 'all made' : 'it broke' } : null,
    requestedAt: at(0),
    startedAt: at(1),
    finishedAt: isOver ? at(10) : null,
  }
}
// oxlint-disable-next-line no-control-regex -- the escape character begins a colour code
const COLOUR = /\u001B\[\d+m/g
const told = (change: AttemptChange): string[] => taskEvents('t', [{ change, block: 1 }], 4).map((event) => event.body.message.replaceAll(COLOUR, ''))

describe('taskEvents', () => {
  it('tell a run from its beginning to where it stands', () => {
    expect(told(changeAt(1, 'running'))).toEqual([
      'Starting up task with 4 steps',
      'Beginning step A',
      'info: hello',
      'Finished step A',
      'Beginning step B',
      'info: one is done',
      'info: Waiting until people agree: two is risky',
    ])
  })

  it.each([
    ['done', changeAt(3, 'pending'), ['info: three is done', 'Finished step D', 'Run completed with status: completed']],
    [
      'failed, and kept',
      changeAt(2, 'failed'),
      ['error: it broke', 'info: Made so far, and kept: one is done; two is done. Try again to go on, or take it back.', 'Run completed with status: failed'],
    ],
    ['failed, and undone', changeAt(2, 'undone'), ['error: it broke', 'info: undo is done', 'Run completed with status: failed']],
    [
      'cancelled with nothing made',
      changeAt(0, 'cancelled'),
      ['Beginning step B', 'Task has been cancelled: it broke', 'Run completed with status: cancelled'],
    ],
  ])('end a run that is %s', (_how, change, ending) => {
    expect(told(change).slice(-ending.length)).toEqual(ending)
  })

  it('say why a run has no plan', () => {
    const change: AttemptChange = { ...changeAt(0, 'failed'), plan: null, steps: [], startedAt: null, result: { message: 'step "a": bad' } }
    expect(told(change)).toEqual(['Starting up task with 4 steps', 'error: step "a": bad', 'Run completed with status: failed'])
    expect(told({ ...change, state: 'planning', finishedAt: null })).toEqual([])
  })

  it('are only ever added at the end, with growing numbers, over all attempts', () => {
    const progress = fc.tuple(
      fc.nat({ max: 2 }),
      fc.nat({ max: 3 }),
      fc.constantFrom('failed' as const, 'undone' as const, 'cancelled' as const, 'done' as const),
    )
    fc.assert(
      fc.property(fc.array(progress, { minLength: 1, maxLength: 3 }), (runs) => {
        let before: ReturnType<typeof taskEvents> = []
        const over: Attempt[] = []
        runs.forEach(([from, to, end], index) => {
          const story = [
            { ...changeAt(0, 'pending'), state: 'planning' as const, plan: null, startedAt: null },
            { ...changeAt(0, 'pending'), state: 'checking' as const, startedAt: null },
            ...Array.from({ length: Math.max(from, to) }, (_, done) => [changeAt(done, 'pending'), changeAt(done, 'running')]).flat(),
            end === 'done' ? changeAt(3, 'pending') : changeAt(Math.min(2, Math.max(from, to)), end),
          ]
          for (const change of story) {
            const events = taskEvents('t', [...over, { change, block: index + 5 }], 4)
            expect(events.slice(0, before.length)).toEqual(before)
            expect(events.every((event, nth) => nth === 0 || event.id > (events[nth - 1]?.id ?? 0))).toBe(true)
            before = events
          }
          over.push({ change: story.at(-1) as AttemptChange, block: index + 5 })
        })
      }),
    )
  })
})
