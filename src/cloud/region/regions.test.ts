import { describe, expect, it } from 'vitest'
import { createRouter, systemCaller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { findRegion, REGIONS, regionRoutes } from './index.ts'

describe('the table of regions', () => {
  it('has each region once, at a place on earth, in a country, with zones', () => {
    expect(new Set(REGIONS.map((region) => `${region.provider}/${region.name}`)).size).toBe(REGIONS.length)
    for (const region of REGIONS) {
      expect(region.country).toMatch(/^[A-Z]{2}$/)
      expect(Math.abs(region.latitude)).toBeLessThan(66)
      expect(Math.abs(region.longitude)).toBeLessThan(180)
      expect(region.zones).toBeGreaterThanOrEqual(1)
    }
  })

  it('covers the three providers', () => {
    const count = (provider: string): number => REGIONS.filter((region) => region.provider === provider).length
    expect({ aws: count('aws') > 35, azure: count('azure') > 60, gcp: count('gcp') > 40 }).toEqual({ aws: true, azure: true, gcp: true })
  })

  it.each([
    ['aws', 'eu-central-1', 'EU'],
    ['aws', 'eu-west-2', 'UK'],
    ['aws', 'eu-central-2', 'CH'],
    ['azure', 'norwayeast', 'NO'],
    ['azure', 'westus2', 'US'],
    ['gcp', 'europe-west6', 'CH'],
    ['gcp', 'europe-north1', 'EU'],
  ])('puts %s %s under the law of %s', (provider, name, jurisdiction) => expect(findRegion(provider, name)?.jurisdiction).toBe(jurisdiction))

  it.each([
    // Two regions that one provider or another runs in the same city lie together: a slip in a sign or digit would show.
    ['aws', 'eu-central-1', 'gcp', 'europe-west3'],
    ['aws', 'ap-southeast-2', 'azure', 'australiaeast'],
    ['aws', 'sa-east-1', 'gcp', 'southamerica-east1'],
    ['aws', 'ap-northeast-1', 'azure', 'japaneast'],
    ['azure', 'canadacentral', 'gcp', 'northamerica-northeast2'],
    ['azure', 'chilecentral', 'gcp', 'southamerica-west1'],
    ['azure', 'westus3', 'azure', 'usgovarizona'],
  ])('%s %s lies where %s %s does', (provider, name, otherProvider, otherName) => {
    const [one, other] = [findRegion(provider, name), findRegion(otherProvider, otherName)]
    expect(Math.hypot((one?.latitude ?? 0) - (other?.latitude ?? 99), (one?.longitude ?? 0) - (other?.longitude ?? 99))).toBeLessThan(0.5)
  })
})

it('lists by provider over the API', async () => {
  const router = createRouter(regionRoutes(), {
    authenticate: async () => systemCaller,
    authorize: async () => ({ isAllowed: true, reason: '' }),
    log: silentLogger,
  })
  const answer = await router(new Request('http://localhost/api/v1/cloud/regions?provider=gcp'))
  const { items } = (await answer.json()) as { items: { provider: string }[] }
  expect(new Set(items.map((item) => item.provider))).toEqual(new Set(['gcp']))
  expect((await router(new Request('http://localhost/api/v1/cloud/regions?provider=moon'))).status).toBe(400)
})
