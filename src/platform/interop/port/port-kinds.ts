/** A catalog kind with the type that its entities get. */
export interface KindOfBlueprint {
  kind: 'Component' | 'API' | 'System' | 'Domain' | 'Group' | 'User' | 'Resource'
  /** For kinds that have a type. */
  type: string
}

const WELL_KNOWN = new Map<string, KindOfBlueprint>(
  Object.entries({
    service: { kind: 'Component', type: 'service' },
    microservice: { kind: 'Component', type: 'service' },
    component: { kind: 'Component', type: 'service' },
    application: { kind: 'Component', type: 'application' },
    website: { kind: 'Component', type: 'website' },
    library: { kind: 'Component', type: 'library' },
    package: { kind: 'Component', type: 'library' },
    api: { kind: 'API', type: 'openapi' },
    system: { kind: 'System', type: 'system' },
    product: { kind: 'System', type: 'product' },
    domain: { kind: 'Domain', type: 'domain' },
    team: { kind: 'Group', type: 'team' },
    _team: { kind: 'Group', type: 'team' },
    group: { kind: 'Group', type: 'group' },
    user: { kind: 'User', type: 'user' },
    _user: { kind: 'User', type: 'user' },
  }),
)

/** Which kind entities of a blueprint have in the catalog: well-known names by what they mean, everything else is a Resource of that type. Pure. */
export function kindOfBlueprint(identifier: string): KindOfBlueprint {
  return WELL_KNOWN.get(identifier.toLowerCase()) ?? { kind: 'Resource', type: identifier }
}
