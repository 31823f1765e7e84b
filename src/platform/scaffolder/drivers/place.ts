import { driverFaults } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'

/** A repository of the built-in host (`host` is empty) or of another. */
export interface Place {
  host: string
  owner: string
  name: string
}

/**
 * Reads `acme/orders`, or `github.com/acme/orders`: with three segments and more the first is a host; owners may have several (`gitlab.com/group/sub/name`).
 * @throws `kernel.driver.bad_input`.
 */
export function parsePlace(driver: string, text: string): Place {
  const segments = text.split('/')
  const name = segments.at(-1) ?? ''
  const host = segments.length > 2 ? (segments[0] ?? '') : ''
  const owner = segments.slice(segments.length > 2 ? 1 : 0, -1).join('/')
  if (segments.some((segment) => segment === '') || owner === '') throw driverFaults.bad_input({ driver, what: `"${text}" is no <owner>/<name>` })
  return { host, owner, name }
}

/** `acme/orders` or `github.com/acme/orders`. */
export function placeText(place: { host?: string | undefined; owner: string; name: string }): string {
  return `${place.host === undefined || place.host === '' ? '' : `${place.host}/`}${place.owner}/${place.name}`
}

/** Members of an action's input that say where. */
export function placeInput(place: Place): JsonObject {
  return { ...(place.host === '' ? {} : { host: place.host }), owner: place.owner, name: place.name }
}
