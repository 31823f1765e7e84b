import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interpretChange, type ChangeSteps, type Durable, type GateAnswer, type GateWait, type StepAnswer } from './interpreter.ts'

const done: StepAnswer = { outcome: 'done', message: 'ok' }
const bad = (outcome: StepAnswer['outcome']): StepAnswer => ({ outcome, message: outcome })

interface Script {
  actions?: string[]
  rollback?: string[]
  verifyFrom?: number
  cleanupFrom?: number
  check?: GateAnswer
  gates?: GateAnswer[]
  answers?: Record<string, StepAnswer>
  /** Answers of actions that have to wait for people first. */
  waits?: Record<string, GateWait[]>
}

function scripted(script: Script): { trace: string[]; steps: ChangeSteps; durable: Durable } {
  const trace: string[] = []
  const actions = script.actions ?? ['a', 'b', 'verify', 'c']
  const gates = [...(script.gates ?? [])]
  const waits = structuredClone(script.waits ?? {})
  const steps: ChangeSteps = {
    plan: async () => ({
      next: 'check',
      actions,
      rollback: script.rollback ?? ['u', 'v'],
      verifyFrom: script.verifyFrom ?? 2,
      cleanupFrom: script.cleanupFrom ?? 3,
    }),
    check: async () => script.check ?? { next: 'apply' },
    gate: async () => gates.shift() ?? { next: 'end' },
    apply: async (id) => waits[id]?.shift() ?? script.answers?.[id] ?? done,
    startVerifying: async () => {},
    startRollback: async (setback) => void trace.push(`because ${setback.kind}`),
    finish: async ({ setback, failures }) => void trace.push(`end ${setback?.kind ?? 'well'}${failures.length > 0 ? ` with ${failures.join(', ')}` : ''}`),
  }
  const durable: Durable = {
    step: async (name, work) => {
      trace.push(name)
      return await work()
    },
    waitForDecision: async (seconds) => void trace.push(`wait ${seconds}`),
  }
  return { trace, steps, durable }
}

describe('interpretChange', () => {
  it.each<{ why: string; script: Script; trace: string[] }>([
    {
      why: 'applies in order, verifies before what is named so, and ends',
      script: {},
      trace: ['plan', 'check', 'apply:a', 'apply:b', 'verify', 'apply:verify', 'apply:c', 'finish', 'end well'],
    },
    {
      why: 'looks again after each decision',
      script: {
        check: { next: 'wait', timeoutSeconds: 9 },
        gates: [{ next: 'wait', timeoutSeconds: 5 }, { next: 'apply' }],
        actions: ['a'],
        verifyFrom: 1,
        cleanupFrom: 1,
      },
      trace: ['plan', 'check', 'wait 9', 'gate', 'wait 5', 'gate', 'apply:a', 'verify', 'finish', 'end well'],
    },
    {
      why: 'waits for people before an action that they must agree to, and undoes when they do not',
      script: {
        waits: {
          b: [
            { outcome: 'wait', timeoutSeconds: 7 },
            { outcome: 'wait', timeoutSeconds: 3 },
          ],
        },
        answers: { b: bad('refused') },
        rollback: ['u'],
      },
      trace: [
        'plan',
        'check',
        'apply:a',
        'apply:b',
        'wait 7',
        'apply:b',
        'wait 3',
        'apply:b',
        'rollback',
        'because refused',
        'rollback:u',
        'finish',
        'end refused',
      ],
    },
    { why: 'ends without applying when the gate is shut', script: { check: { next: 'end' } }, trace: ['plan', 'check'] },
    {
      why: 'undoes after a refusal, and applies no more',
      script: { answers: { b: bad('refused') } },
      trace: ['plan', 'check', 'apply:a', 'apply:b', 'rollback', 'because refused', 'rollback:u', 'rollback:v', 'finish', 'end refused'],
    },
    {
      why: 'goes on undoing when one step of it fails, and says so',
      script: { answers: { a: bad('failed'), u: bad('failed') } },
      trace: ['plan', 'check', 'apply:a', 'rollback', 'because failed', 'rollback:u', 'rollback:v', 'finish', 'end failed with u: failed'],
    },
    {
      why: 'does not undo a verified change for a failed clean-up',
      script: { answers: { c: bad('failed') } },
      trace: ['plan', 'check', 'apply:a', 'apply:b', 'verify', 'apply:verify', 'apply:c', 'finish', 'end well with c: failed'],
    },
    {
      why: 'undoes a change that is cancelled while cleaning up',
      script: { answers: { c: bad('cancelled') } },
      trace: [
        'plan',
        'check',
        'apply:a',
        'apply:b',
        'verify',
        'apply:verify',
        'apply:c',
        'rollback',
        'because cancelled',
        'rollback:u',
        'rollback:v',
        'finish',
        'end cancelled',
      ],
    },
  ])('$why', async ({ script, trace }) => {
    const run = scripted(script)
    await interpretChange(run.durable, run.steps)
    expect(run.trace).toEqual(trace)
  })

  it('asks for the same steps again when it is replayed from any point, whatever the answers', async () => {
    const answers = fc.record({
      a: fc.constantFrom('done', 'failed', 'refused', 'cancelled'),
      b: fc.constantFrom('done', 'failed'),
      u: fc.constantFrom('done', 'failed'),
    })
    await fc.assert(
      fc.asyncProperty(answers, fc.nat({ max: 12 }), async (outcomes, crashAt) => {
        const script: Script = { answers: Object.fromEntries(Object.entries(outcomes).map(([id, outcome]) => [id, bad(outcome as StepAnswer['outcome'])])) }
        const whole = scripted(script)
        await interpretChange(whole.durable, whole.steps)

        // A crash: what was recorded is answered from the record, the rest is run.
        const record: { name: string; answer: unknown }[] = []
        const replaying = (limit: number): { steps: ChangeSteps; durable: Durable } => {
          const run = scripted(script)
          let index = 0
          return {
            steps: run.steps,
            durable: {
              step: async (name, work) => {
                const known = record[index]
                expect(known?.name ?? name).toBe(name)
                if (index >= limit) throw new Error('crash')
                const answer = known ? known.answer : await work()
                record[index] ??= { name, answer }
                index++
                return answer as Awaited<ReturnType<typeof work>>
              },
              waitForDecision: async () => {},
            },
          }
        }
        const first = replaying(crashAt)
        await interpretChange(first.durable, first.steps).catch(() => {})
        const second = replaying(Number.POSITIVE_INFINITY)
        await interpretChange(second.durable, second.steps)
        expect(record.map(({ name }) => name)).toEqual(whole.trace.filter((entry) => !/^(because|end) /.test(entry)))
      }),
    )
  })
})
