/** What a sign-in says of a person. */
export interface ClaimedPerson {
  /** `sub` of the issuer: never given to another. */
  externalId: string
  userName: string
  displayName: string | null
  /** Only one that the provider has verified. */
  email: string | null
  groups: string[]
}

const MAX_GROUPS = 500

/** Reads a person out of the claims of an ID token. Undefined when nothing of them names one. Source: OpenID Connect Core 1.0 §5.1. Pure. */
export function personOfClaims(claims: Readonly<Record<string, unknown>>, groupsClaim: string): ClaimedPerson | undefined {
  const text = (key: string): string | null => {
    const value = claims[key]
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : null
  }
  const externalId = text('sub')
  const email = claims['email_verified'] === true || claims['email_verified'] === 'true' ? text('email') : null
  const userName = text('preferred_username') ?? email
  if (externalId === null || userName === null) return undefined
  const listed = claims[groupsClaim]
  const groups = (Array.isArray(listed) ? (listed as unknown[]) : typeof listed === 'string' ? [listed] : [])
    .filter((group): group is string => typeof group === 'string' && group.trim() !== '')
    // Keycloak writes paths.
    .map((group) => group.trim().replace(/^\/+/, ''))
  return { externalId, userName, displayName: text('name'), email, groups: [...new Set(groups)].slice(0, MAX_GROUPS) }
}
