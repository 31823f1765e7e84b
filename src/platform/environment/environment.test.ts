import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSource, problemText } from '#kernel/common/document'
import { readEnvironment, rolloutStepsOf, sortEnvironments, type Environment } from './index.ts'

const read = (spec: string) => {
  const [document] = parseSource(
    'environments/production.yaml',
    `apiVersion: fairway.dev/v1\nkind: Environment\nmetadata: { name: production }\nspec:\n${spec}`,
  ).documents
  if (!document) throw new Error('no document')
  return readEnvironment(document)
}
const base = '  account: local\n  region: local-1\n'

describe('readEnvironment', () => {
  it('reads a whole one', () => {
    const { environment } = read(
      `${base}  title: Production\n  order: 3\n  rollout:\n    strategy: canary\n    steps: [{ weight: 10, minSeconds: 5 }, { weight: 50 }, { weight: 100 }]\n  approval: { required: 1, groups: [payments] }\n`,
    )
    expect(environment).toEqual({
      name: 'production',
      title: 'Production',
      description: '',
      order: 3,
      account: 'local',
      region: 'local-1',
      runtime: 'processes',
      rollout: {
        strategy: 'canary',
        steps: [
          { weight: 10, minSeconds: 5 },
          { weight: 50, minSeconds: 0 },
          { weight: 100, minSeconds: 0 },
        ],
      },
      approval: { required: 1, groups: ['group:default/payments'], separationOfDuties: true, expiresAfterHours: 72 },
    })
  })

  it('asks nobody unless told', () => {
    expect(read(base).environment?.approval).toBeNull()
    expect(read(`${base}  approval: { required: 0 }\n`).environment?.approval).toBeNull()
  })

  it.each([
    { why: 'a missing account', spec: '  region: x\n', problem: 'environments/production.yaml:4:1: spec.account: give a text here' },
    { why: 'a canary without steps', spec: `${base}  rollout: { strategy: canary }\n`, problem: 'spec.rollout.steps: a canary needs at least one step' },
    {
      why: 'steps that do not grow',
      spec: `${base}  rollout: { strategy: canary, steps: [{ weight: 50 }, { weight: 10 }] }\n`,
      problem: 'environments/production.yaml:7:32: spec.rollout.steps: each step takes more of the traffic than the one before',
    },
    { why: 'an unknown field', spec: `${base}  rolout: {}\n`, problem: 'rolout' },
    { why: 'a weight beyond 100', spec: `${base}  rollout: { strategy: canary, steps: [{ weight: 120 }] }\n`, problem: 'at most 100 %' },
  ])('says where $why is', ({ spec, problem }) => {
    expect(read(spec).problems.map(problemText).join('\n')).toContain(problem)
  })
})

describe('rolloutStepsOf', () => {
  const canary = (weights: number[]): Pick<Environment, 'rollout'> => ({
    rollout: { strategy: 'canary', steps: weights.map((weight) => ({ weight, minSeconds: 1 })) },
  })
  it('always ends at all of the traffic, and never goes back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 8 }), fc.boolean(), (weights, hasBaseline) => {
        const steps = rolloutStepsOf(canary(weights.sort((a, b) => a - b)), hasBaseline)
        expect(steps.at(-1)?.weight).toBe(100)
        expect(steps.every((step, index) => step.weight > (steps[index - 1]?.weight ?? 0))).toBe(true)
      }),
    )
  })

  it('takes all at once when there is nothing to compare with', () => {
    expect(rolloutStepsOf(canary([10, 50]), false)).toEqual([{ weight: 100, minSeconds: 0 }])
  })
})

it('sorts environments by order, then by name', () => {
  const named = (name: string, order: number): Environment => ({ name, order }) as Environment
  expect(sortEnvironments([named('b', 2), named('a', 2), named('dev', 1)]).map(({ name }) => name)).toEqual(['dev', 'a', 'b'])
})
