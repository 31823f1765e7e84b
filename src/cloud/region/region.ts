/** A place where a cloud provider runs things. */
export interface Region {
  provider: 'aws' | 'azure' | 'gcp' | 'local'
  /** As the provider's API calls it, e.g. `eu-central-1`. */
  name: string
  /** As people call it, e.g. `Europe (Frankfurt)`. */
  title: string
  /** Nearest city or area that the provider names, e.g. `Frankfurt`. */
  place: string
  /** ISO 3166-1 alpha-2. */
  country: string
  jurisdiction: Jurisdiction
  /** Degrees, of the place; providers do not publish their buildings. */
  latitude: number
  longitude: number
  /** Availability zones; 1 where the provider offers none. */
  zones: number
}

/** Whose law data lies under: the EU as one, the EEA's others and everybody else by country. */
type Jurisdiction = 'EU' | (string & {})

// ISO 3166-1 alpha-2 of the EU's members.
const EU = new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '))

/** Jurisdiction of a country: `EU`, `UK` for GB, else the country's code. */
function jurisdictionOf(country: string): Jurisdiction {
  return EU.has(country) ? 'EU' : country === 'GB' ? 'UK' : country
}

/** One row of a provider's table: name, title, place, country, latitude, longitude, zones. */
export type RegionRow = readonly [name: string, title: string, place: string, country: string, latitude: number, longitude: number, zones: number]

export function regionsOf(provider: Region['provider'], rows: readonly RegionRow[]): Region[] {
  return rows.map(([name, title, place, country, latitude, longitude, zones]) => ({
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
}
