import { expect, it } from 'vitest'
import type { PlanRequest } from '#kernel/common/driver'
import { databaseFaults } from '#kernel/node/database'
import { Secret } from '#kernel/common/secret'
import type { ResourceSecrets } from '#provisioning/resource'
import { driverContract } from '../../kernel/common/driver/driver-contract.ts'
import { SecretValueDriver } from './index.ts'

let count = 0
const request = (parameters: Record<string, number> = {}): PlanRequest => {
  const name = `key${++count}`
  return {
    id: `resource:${name}`,
    target: `secret/orders/dev/${name}`,
    desired: { component: 'orders', environment: 'dev', name, type: 'secret', class: 'default', recipe: 'random', parameters },
  }
}
const memory = (): { kept: Map<string, Secret>; secrets: ResourceSecrets } => {
  const kept = new Map<string, Secret>()
  const secrets: ResourceSecrets = {
    write: async (path, value) => void kept.set(path, value),
    find: async (path) => kept.get(path),
    remove: async (path) => void kept.delete(path),
  }
  return { kept, secrets }
}

driverContract('secret', {
  make: async () => {
    const { kept, secrets } = memory()
    return {
      driver: new SecretValueDriver({ secrets }),
      request: () => request(),
      secrets: async () => [...kept].filter(([path]) => path.endsWith('/value')).map(([, secret]) => secret),
      crashHalfway: async (action, key) => void kept.set(`resources/orders/dev/${action.target.split('/')[3] ?? ''}/value.key`, new Secret(key)),
      broken: async () => {
        const away = async (): Promise<never> => {
          throw databaseFaults.unavailable({})
        }
        return new SecretValueDriver({ secrets: { write: away, find: away, remove: away } })
      },
    }
  },
})

it('makes as many random bytes as its recipe says, and refuses too few', async () => {
  const { kept, secrets } = memory()
  const driver = new SecretValueDriver({ secrets })
  const wish = request({ bytes: 64 })
  await driver.apply(await driver.plan(wish), { key: 'chg_1:x', signal: new AbortController().signal, outputs: {}, progress: () => {} })
  expect(Buffer.from(kept.get(wish.target.replace('secret/', 'resources/') + '/value')?.reveal() ?? '', 'base64url')).toHaveLength(64)
  await expect(driver.plan(request({ bytes: 4 }))).rejects.toMatchObject({ code: 'kernel.driver.bad_input' })
})
