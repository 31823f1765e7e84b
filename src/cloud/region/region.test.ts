import { describe, expect, it } from 'vitest'
import { findRegion, jurisdictionOf, REGIONS } from './region.ts'

describe('regions', () => {
  it('are known once each, with coordinates on this planet and at least one zone', () => {
    const names = REGIONS.map((region) => `${region.provider}/${region.name}`)
    expect(new Set(names).size).toBe(names.length)
    for (const region of REGIONS.filter((candidate) => candidate.provider !== 'local')) {
      expect(Math.abs(region.latitude), region.name).toBeLessThan(66)
      expect(Math.abs(region.longitude), region.name).toBeLessThanOrEqual(180)
      expect(region.country, region.name).toMatch(/^[A-Z]{2}$/)
      expect(region.zones, region.name).toBeGreaterThanOrEqual(1)
    }
  })

  it.each([
    { provider: 'aws', name: 'eu-central-1', place: 'Frankfurt', jurisdiction: 'EU' },
    { provider: 'azure', name: 'westeurope', place: 'Netherlands', jurisdiction: 'EU' },
    { provider: 'azure', name: 'switzerlandnorth', place: 'Zurich', jurisdiction: 'CH' },
    { provider: 'gcp', name: 'europe-west2', place: 'London', jurisdiction: 'GB' },
  ] as const)('$provider $name lies in $place under $jurisdiction', ({ provider, name, place, jurisdiction }) => {
    expect(findRegion(provider, name)).toMatchObject({ place, jurisdiction })
  })

  it('places of the same city agree across providers', () => {
    const frankfurt = REGIONS.filter((region) => region.place === 'Frankfurt')
    expect(frankfurt).toHaveLength(3)
    expect(new Set(frankfurt.map((region) => `${region.latitude} ${region.longitude}`)).size).toBe(1)
  })
})

it.each([
  { country: 'NO', jurisdiction: 'EU' },
  { country: 'CH', jurisdiction: 'CH' },
  { country: 'US', jurisdiction: 'US' },
])('$country is under $jurisdiction', ({ country, jurisdiction }) => {
  expect(jurisdictionOf(country)).toBe(jurisdiction)
})
