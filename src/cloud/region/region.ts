import { AWS_REGIONS } from './aws-regions.ts'
import { AZURE_REGIONS } from './azure-regions.ts'
import { GCP_REGIONS } from './gcp-regions.ts'
import type { RegionRow } from './region-row.ts'

export type CloudProvider = 'aws' | 'azure' | 'gcp' | 'local'

/** Whose law data in a region is under, as far as a residency rule needs it: the EU and the EEA as one, every other country by its ISO code. */
export type Jurisdiction = string

/** A place where a provider runs machines. */
export interface Region {
  provider: CloudProvider
  /** The provider's own name, e.g. `eu-central-1`, `westeurope`, `europe-west3`. */
  name: string
  /** The provider's title, e.g. `Europe (Frankfurt)`. */
  title: string
  /** City or area. */
  place: string
  /** ISO 3166-1 alpha-2. */
  country: string
  /** `EU` for the European Economic Area, else the country. */
  jurisdiction: Jurisdiction
  /** Degrees, WGS 84; of the area that the provider names, good to some ten kilometres. */
  latitude: number
  longitude: number
  /** Availability zones that customers can use; 1 where the provider has no zones there. */
  zones: number
}

/** Members of the European Economic Area (EU and Iceland, Liechtenstein, Norway), where the GDPR applies directly. */
const EEA = new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '))

/** This machine, wherever it stands. */
const LOCAL: Region = {
  provider: 'local',
  name: 'local',
  title: 'This machine',
  place: 'here',
  country: '',
  jurisdiction: '',
  latitude: 0,
  longitude: 0,
  zones: 1,
}

/** Every region that we know, by provider and name. */
export const REGIONS: readonly Region[] = [LOCAL, ...regionsOf('aws', AWS_REGIONS), ...regionsOf('azure', AZURE_REGIONS), ...regionsOf('gcp', GCP_REGIONS)]

/** The region, or undefined when the provider has none of that name. */
export function findRegion(provider: CloudProvider, name: string): Region | undefined {
  return REGIONS.find((region) => region.provider === provider && region.name === name)
}

export function jurisdictionOf(country: string): Jurisdiction {
  return EEA.has(country) ? 'EU' : country
}

function regionsOf(provider: CloudProvider, rows: readonly RegionRow[]): Region[] {
  return rows
    .map(([name, title, place, country, latitude, longitude, zones]) => ({
      provider,
      name,
      title,
      place,
      country,
      jurisdiction: jurisdictionOf(country),
      latitude,
      longitude,
      zones,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
