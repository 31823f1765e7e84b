import { describe, expect, it } from 'vitest'
import type { Driver, PlanRequest, PlannedAction } from '#kernel/common/driver'
import type { Recipe } from '#provisioning/recipe'
import { planResources, type ResourceRequest } from './index.ts'

const recipe: Recipe = {
  name: 'shared',
  title: 'shared',
  description: '',
  type: 'postgres',
  driver: 'echo',
  where: {},
  parameters: { size: 'recipe' },
  costCentsPerMonth: 300,
}
const asked: PlanRequest[] = []
const echo = (verb: 'create' | 'none'): Driver => ({
  name: 'echo',
  plan: async (request): Promise<PlannedAction> => {
    asked.push(request)
    return {
      ...request,
      driver: 'echo',
      verb,
      title: 't',
      concern: 'data',
      changes: [],
      dependsOn: [],
      input: { ...request.desired, outputs: { host: request.target } },
    }
  },
  apply: async () => ({ outcome: 'done', message: '', outputs: {} }),
  observe: async () => ({ exists: false, fingerprint: '', state: {} }),
  remove: async () => {},
})
const plan = async (resources: ResourceRequest['resources'], verb: 'create' | 'none' = 'create') =>
  await planResources(
    { component: 'orders', environment: 'dev', resources, metadata: { name: 'orders' } },
    { recipes: async () => [recipe], drivers: { echo: echo(verb) } },
  )

describe('planResources', () => {
  it('plans one action a resource, by name, with what it will give and what it costs', async () => {
    const { actions, outputs } = await plan({ db: { type: 'postgres' }, audit: { type: 'postgres', params: { owner: '${metadata.name}' } } })
    expect(actions.map(({ id, target, costCentsPerMonth }) => ({ id, target, costCentsPerMonth }))).toEqual([
      { id: 'resource:audit', target: 'postgres/orders/dev/audit', costCentsPerMonth: 300 },
      { id: 'resource:db', target: 'postgres/orders/dev/db', costCentsPerMonth: 300 },
    ])
    expect(outputs).toEqual({ audit: { host: 'postgres/orders/dev/audit' }, db: { host: 'postgres/orders/dev/db' } })
    expect(asked.find((request) => request.id === 'resource:audit')?.desired).toMatchObject({ class: 'default', recipe: 'shared', params: { owner: 'orders' } })
  })

  it('costs nothing more when nothing is created', async () => {
    expect((await plan({ db: { type: 'postgres' } }, 'none')).actions[0]?.costCentsPerMonth).toBeUndefined()
  })

  it('keeps what a workload asks for apart from what the recipe says', async () => {
    await plan({ db: { type: 'postgres', params: { size: 'mine', module: '../evil' } } })
    expect(asked.at(-1)?.desired).toMatchObject({ parameters: { size: 'recipe' }, params: { size: 'mine', module: '../evil' } })
  })

  it('tells every problem at once, by field, and plans nothing', async () => {
    const before = asked.length
    await expect(
      plan({ db: { type: 'redis' }, ok: { type: 'postgres' }, x: { type: 'postgres', params: { a: '${resources.ok.host}' }, id: 'shared' } }),
    ).rejects.toMatchObject({
      code: 'provisioning.resource.unprovidable',
      errors: [
        { field: 'resources.db.type', message: 'nothing provides "redis" here; there are recipes for postgres' },
        { field: 'resources.x.id' },
        { field: 'resources.x.params.a' },
      ],
    })
    await expect(plan({ Bad_Name: { type: 'postgres' } })).rejects.toMatchObject({ errors: [{ field: 'resources.Bad_Name' }] })
    await expect(plan({ db: {} })).rejects.toMatchObject({ errors: [{ field: 'resources.db.type' }] })
    expect(asked).toHaveLength(before)
  })
})
