import type { SourceTrust } from '#platform/catalog'
import { repositoryUrl } from './host-address.ts'
import { backstageType, type Location } from './location.ts'
import type { SourceHost } from './source-host.ts'

/** Path of the Location entity that stands for a registered location. */
export const GENERATED = '.location.json'

/** What a source holds that a trusted repository lists, but that lies elsewhere. */
export function listedSource(location: Location): string {
  return `${location.source}#listed`
}

/** The source of an organisation's people, e.g. `org:github.com/acme`. */
export function peopleSource(location: Pick<Location, 'host' | 'repository'>): string {
  return `org:${location.host ?? ''}/${location.repository ?? ''}`
}

/** Of what decides how files are taken beside their text. The number grows when that is decided otherwise. */
export function fingerprintOf(origin: string, trust: SourceTrust): string {
  return JSON.stringify([1, origin, trust])
}

/** Registered locations are seen in the catalog; repositories of the built-in host and of an organisation are not, one by one. */
export function isGenerated(location: Location): boolean {
  return !location.isBuiltIn && location.parentId === null
}

/** A location as Backstage names it. */
export function asBackstage(location: Location): { type: string; target: string } {
  return { type: backstageType(location), target: location.target }
}

/** `url:https://…` or `file:/…`: where the chain of a location's files begins. */
export function originOf(location: Pick<Location, 'isBuiltIn' | 'target' | 'kind'>, hosts: readonly SourceHost[]): string {
  const builtIn = hosts.find((host) => host.type === 'built-in')
  if (location.isBuiltIn && builtIn) return `url:${repositoryUrl(builtIn, location.target)}`
  return `${backstageType(location)}:${location.target.replace(/^(?:url:|file:(?!\/\/))/, '')}`
}
