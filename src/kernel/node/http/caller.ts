/** Who makes a request. Unknown callers reach public routes only. */
export interface Caller {
  /** Entity ref, e.g. `user:default/ana`; `system:fairway` for the platform itself. */
  principal: string
  kind: 'person' | 'service' | 'agent' | 'system'
  displayName: string
  /** Entity refs of the groups that the person belongs to, e.g. `group:default/payments`. */
  groups: readonly string[]
  /** Permissions that the credential is limited to, as patterns: `*`, `catalog:*`, `change:approve`. */
  scopes: readonly string[]
  isAdministrator: boolean
  /** How the request was authenticated. Requests by cookie must also come from our own pages. */
  via: 'token' | 'cookie' | 'internal'
  /** Id of the token or session. */
  credentialId?: string
}

/** What a permission is asked for. Attributes are what policies may look at, e.g. `{ owner: 'group:default/payments', environment: 'production' }`. */
export interface ResourceRef {
  /** Cedar entity type, e.g. `Environment`, `Component`, `Change`, `Platform`. */
  type: string
  id: string
  attributes?: Readonly<Record<string, string | number | boolean | readonly string[]>>
}

export const PLATFORM: ResourceRef = { type: 'Platform', id: 'fairway' }

/** The platform acting for itself: timers, workflows, ingestion. */
export const systemCaller: Caller = {
  principal: 'system:fairway',
  kind: 'system',
  displayName: 'Fairway',
  groups: [],
  scopes: ['*'],
  isAdministrator: true,
  via: 'internal',
}
