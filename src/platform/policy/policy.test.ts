import { describe, expect, it } from 'vitest'
import { parseSource, problemText } from '#kernel/common/document'
import type { PlannedAction } from '#kernel/common/driver'
import type { DraftPlan } from '#platform/change'
import { evaluatePolicies, readPolicy, type Policy, type PolicyContext } from './index.ts'

const action = (over: Partial<PlannedAction> = {}): PlannedAction => ({
  id: 'resource:db',
  driver: 'recipe',
  verb: 'create',
  target: 'postgres/orders/dev/db',
  title: 'Create database',
  concern: 'data',
  changes: [],
  dependsOn: [],
  input: { replicas: 2, size: 1.5 },
  ...over,
})
const plan: DraftPlan = {
  summary: 'deploy orders v3 to production',
  actions: [
    action(),
    action({ id: 'workload', driver: 'workload', verb: 'alter', isDestructive: false }),
    action({ id: 'drop', verb: 'destroy', isDestructive: true }),
  ],
  rollback: [],
  costCentsPerMonth: 4_200,
  approval: null,
  unchanged: false,
}
const context: PolicyContext = {
  change: { kind: 'deploy', title: 'Deploy orders v3', requestedBy: 'user:default/ana', reason: null },
  component: { name: 'orders', owner: 'group:default/payments' },
  environment: { name: 'production', account: 'local' },
  release: { id: 'rel_1', version: '3', provenance: { isVerified: true } },
}
const policy = (over: Partial<Policy>): Policy => ({
  name: 'p',
  description: 'a rule',
  effect: 'deny',
  match: {},
  variables: [],
  validations: [{ expression: 'true' }],
  source: 'policies/p.yaml',
  ...over,
})
const verdicts = (over: Partial<Policy>) => evaluatePolicies(plan, [policy(over)], context)

describe('evaluatePolicies', () => {
  it.each<{ why: string; over: Partial<Policy>; expected: unknown }>([
    {
      why: 'what holds is allowed',
      over: { validations: [{ expression: 'plan.costCentsPerMonth < 5000' }] },
      expected: [{ policy: 'p', outcome: 'allowed', message: 'a rule' }],
    },
    {
      why: 'what does not hold is denied with its message',
      over: { validations: [{ expression: 'plan.costCentsPerMonth < 1000', message: 'too dear' }] },
      expected: [{ policy: 'p', outcome: 'denied', message: 'too dear' }],
    },
    {
      why: 'a message may be computed',
      over: { validations: [{ expression: 'plan.costCentsPerMonth < 1000', messageExpression: '"costs " + string(plan.costCentsPerMonth / 100) + " euro"' }] },
      expected: [{ policy: 'p', outcome: 'denied', message: 'costs 42 euro' }],
    },
    {
      why: 'a warning only warns',
      over: { effect: 'warn', validations: [{ expression: 'change.reason != null', message: 'say why' }] },
      expected: [{ policy: 'p', outcome: 'warned', message: 'say why' }],
    },
    {
      why: 'an expression that errors is denied, with its reason',
      over: { validations: [{ expression: 'plan.nothing == 1' }] },
      expected: [{ policy: 'p', outcome: 'denied', message: 'it could not be evaluated: field not found: nothing' }],
    },
    {
      why: 'an expression that is no truth value is denied',
      over: { validations: [{ expression: 'plan.costCentsPerMonth' }] },
      expected: [{ policy: 'p', outcome: 'denied', message: 'it must be true or false, and it is neither: plan.costCentsPerMonth' }],
    },
    {
      why: 'verbs select actions, and each is judged',
      over: { match: { verbs: ['destroy'] }, validations: [{ expression: '!action.isDestructive', message: 'destroys data' }] },
      expected: [{ policy: 'p', outcome: 'denied', message: 'destroys data', actionId: 'drop' }],
    },
    {
      why: 'drivers select actions',
      over: { match: { drivers: ['workload'] }, validations: [{ expression: 'action.input.replicas >= 2' }] },
      expected: [{ policy: 'p', outcome: 'allowed', message: 'a rule', actionId: 'workload' }],
    },
    { why: 'no action that matches: nothing to say', over: { match: { drivers: ['helm'] } }, expected: [] },
    { why: 'another environment: nothing to say', over: { match: { environments: ['dev'] } }, expected: [] },
    { why: 'another kind: nothing to say', over: { match: { kinds: ['create'] } }, expected: [] },
    {
      why: 'variables build on each other',
      over: {
        variables: [
          { name: 'destroyed', expression: 'plan.actions.filter(a, a.verb == "destroy")' },
          { name: 'count', expression: 'size(variables.destroyed)' },
        ],
        validations: [{ expression: 'variables.count == 0', messageExpression: '"destroys " + string(variables.count)' }],
      },
      expected: [{ policy: 'p', outcome: 'denied', message: 'destroys 1' }],
    },
    {
      why: 'a variable that errors says so where it is needed',
      over: { variables: [{ name: 'x', expression: 'plan.nothing' }], validations: [{ expression: 'variables.x == 1' }] },
      expected: [{ policy: 'p', outcome: 'denied', message: 'it could not be evaluated: field not found: x; variable "x": field not found: nothing' }],
    },
    {
      why: 'facts can be asked for',
      over: { validations: [{ expression: 'release.provenance.isVerified && component.owner.endsWith("payments") && environment.name in ["production"]' }] },
      expected: [{ policy: 'p', outcome: 'allowed', message: 'a rule' }],
    },
    {
      why: 'fractions stay fractions',
      over: { validations: [{ expression: 'plan.actions[0].input.size * 2.0 == 3.0' }] },
      expected: [{ policy: 'p', outcome: 'allowed', message: 'a rule' }],
    },
  ])('$why', ({ over, expected }) => {
    expect(verdicts(over)).toEqual(expected)
  })

  it('refuses an expression that would take too long, at once', () => {
    const many = { ...plan, actions: Array.from({ length: 400 }, (_, index) => action({ id: `a${index}` })) }
    const startedAt = performance.now()
    const [verdict] = evaluatePolicies(
      many,
      [policy({ validations: [{ expression: 'plan.actions.all(a, plan.actions.all(b, plan.actions.all(c, a.id + b.id != c.id)))' }] })],
      context,
    )
    expect(verdict).toMatchObject({ outcome: 'denied', message: expect.stringContaining('too costly') as string })
    expect(performance.now() - startedAt).toBeLessThan(200)
  })

  it('does not let a variable take the place of the plan', () => {
    const over = { variables: [{ name: 'plan', expression: '1' }], validations: [{ expression: 'plan.costCentsPerMonth == 4200 && variables.plan == 1' }] }
    expect(verdicts(over)).toMatchObject([{ outcome: 'allowed' }])
  })

  it('judges in the order of names, so that the hash of a plan does not depend on how policies were listed', () => {
    const [a, b] = [policy({ name: 'a' }), policy({ name: 'b' })]
    expect(evaluatePolicies(plan, [b, a], context)).toEqual(evaluatePolicies(plan, [a, b], context))
  })

  it('denies by a policy that can not even be compiled', () => {
    expect(verdicts({ validations: [{ expression: '1 +' }] })).toMatchObject([
      { outcome: 'denied', message: expect.stringContaining('not a CEL expression') as string },
    ])
  })

  it('never turns plan text into an expression', () => {
    const hostile = { ...plan, summary: '" || true || "' }
    expect(evaluatePolicies(hostile, [policy({ validations: [{ expression: 'plan.summary == "x"', message: 'no' }] })], context)).toMatchObject([
      { outcome: 'denied' },
    ])
  })
})

describe('readPolicy', () => {
  const read = (text: string) => {
    const [document] = parseSource('policies/tls.yaml', text).documents
    if (!document) throw new Error('no document')
    return readPolicy(document)
  }
  const head = 'apiVersion: fairway.dev/v1\nkind: Policy\nmetadata: { name: tls, description: Only TLS }\nspec:\n'

  it('reads the shape of a ValidatingAdmissionPolicy', () => {
    const { policy: found } = read(`${head}  match: { kinds: [deploy] }\n  validations:\n    - expression: "true"\n      message: no\n`)
    expect(found).toMatchObject({ name: 'tls', description: 'Only TLS', effect: 'deny', match: { kinds: ['deploy'] }, source: 'policies/tls.yaml' })
  })

  it.each([
    {
      why: 'syntax',
      text: '  validations:\n    - expression: "1 +"\n',
      problem: 'policies/tls.yaml:6:7: spec.validations[0].expression: not a CEL expression',
    },
    {
      why: 'an unknown name',
      text: '  validations:\n    - expression: "plans.x == 1"\n',
      problem: 'policies/tls.yaml:6:7: spec.validations[0].expression: nothing is called "plans"; there are: plan, action',
    },
    {
      why: 'an unknown function',
      text: '  validations:\n    - expression: "plan.actions.all(a, a.id.nope())"\n',
      problem: 'policies/tls.yaml:6:7: spec.validations[0].expression: there is no function "nope"',
    },
    {
      why: 'a wrong variable',
      text: '  variables:\n    - name: x\n      expression: "a.b("\n  validations:\n    - expression: "true"\n',
      problem: 'policies/tls.yaml:7:7: spec.variables[0].expression: not a CEL expression',
    },
    { why: 'an unknown field', text: '  validation: []\n', problem: 'spec.validation: there is no such field here' },
    {
      why: 'a wrong verb',
      text: '  match: { verbs: [delete] }\n  validations:\n    - expression: "true"\n',
      problem: 'policies/tls.yaml:5:20: spec.match.verbs[0]: one of create',
    },
  ])('names file, line and field of $why', ({ text, problem }) => {
    const { problems } = read(head + text)
    expect(problems.map(problemText).join('\n')).toContain(problem)
  })
})
