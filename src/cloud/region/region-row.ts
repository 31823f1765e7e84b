/** name, title, place, country (ISO 3166-1), latitude, longitude, zones. */
export type RegionRow = readonly [name: string, title: string, place: string, country: string, latitude: number, longitude: number, zones: number]
