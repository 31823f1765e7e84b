import { describe, expect, it } from 'vitest'
import type { PlanRequest } from '#kernel/common/driver'
import { databaseFaults } from '#kernel/node/database'
import { driverContract } from '../../kernel/common/driver/driver-contract.ts'
import { RouteDriver, type HostClaim, type Hosts } from './index.ts'

let count = 0
const request = (component = `web${++count}`, parameters: Record<string, string> = {}): PlanRequest => ({
  id: 'resource:route',
  target: `route/${component}/dev/route`,
  desired: { component, environment: 'dev', name: 'route', type: 'route', class: 'default', recipe: 'ingress', parameters },
})
const memory = (): Hosts => {
  const claims = new Map<string, HostClaim>()
  return {
    findHost: async (host) => claims.get(host),
    reserveHost: async (claim) => void claims.set(claim.host, claim),
    releaseHost: async (host) => void claims.delete(host),
    urlOf: (host) => `http://${host}:8080`,
  }
}

driverContract('route', {
  make: async () => {
    const hosts = memory()
    const away = async (): Promise<never> => {
      throw databaseFaults.unavailable({})
    }
    return {
      driver: new RouteDriver({ hosts }),
      request: () => request(),
      secrets: async () => [],
      broken: async () => new RouteDriver({ hosts: { ...hosts, findHost: away, reserveHost: away } }),
    }
  },
  without: { stale: 'keeping a host has one outcome whenever it is done' },
})

describe('a host', () => {
  it('is never taken from the component that has it', async () => {
    const driver = new RouteDriver({ hosts: memory() })
    const shared = { host: 'shop.localhost' }
    const late = await driver.plan(request('late', shared))
    const context = { key: 'k', signal: new AbortController().signal, outputs: {}, progress: () => {} }
    await driver.apply(await driver.plan(request('early', shared)), context)
    await expect(driver.apply(late, context)).rejects.toMatchObject({
      code: 'kernel.driver.failed',
      message: expect.stringContaining('belongs to early') as string,
    })
    await expect(driver.plan(request('late', shared))).rejects.toMatchObject({ code: 'kernel.driver.failed' })
  })

  it.each(['a b', 'evil.test/path', '-x', 'x..y', ''])('is a host name: %j is refused', async (host) => {
    await expect(new RouteDriver({ hosts: memory() }).plan(request('web', { host }))).rejects.toMatchObject({ code: 'kernel.driver.bad_input' })
  })

  it('follows the pattern of its recipe', async () => {
    const action = await new RouteDriver({ hosts: memory() }).plan(request('web', { host: '{component}-{environment}.example.org' }))
    expect(action.input['outputs']).toEqual({ host: 'web-dev.example.org', url: 'http://web-dev.example.org:8080' })
  })
})
