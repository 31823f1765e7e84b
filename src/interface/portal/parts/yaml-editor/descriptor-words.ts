import type { CompletionPlace } from './completion-place.ts'

/** A word that fits where the cursor is. */
export interface DescriptorWord {
  label: string
  detail: string
  /** `key` gets a colon when it is taken. */
  type: 'key' | 'value'
}

const KINDS = ['Component', 'API', 'Resource', 'System', 'Domain', 'Group', 'User', 'Location', 'Template', 'AiResource']
const metadata: Record<string, string> = {
  name: 'how it is called in references',
  namespace: 'default when left out',
  title: 'how people call it',
  description: 'one sentence',
  tags: 'list of words',
  labels: 'map of texts',
  annotations: 'map of texts',
  links: 'list of url and title',
}
const owned = { owner: 'a group or user', type: 'what sort of it', lifecycle: 'experimental, production, deprecated', system: 'what it is part of' }
const dependencies = { dependsOn: 'list of references', dependencyOf: 'list of references' }
const spec: Record<string, Record<string, string>> = {
  component: { ...owned, ...dependencies, subcomponentOf: 'a component', providesApis: 'list of APIs', consumesApis: 'list of APIs' },
  api: { ...owned, definition: 'text, or $text: a file', remotes: 'of an MCP server' },
  resource: { owner: owned.owner, type: owned.type, system: owned.system, ...dependencies },
  system: { owner: owned.owner, domain: 'what it is part of', type: owned.type },
  domain: { owner: owned.owner, subdomainOf: 'a domain', type: owned.type },
  group: { type: 'team, department', children: 'list of groups', parent: 'a group', members: 'list of users', profile: 'displayName, email, picture' },
  user: { memberOf: 'list of groups', profile: 'displayName, email, picture' },
  location: { type: 'url or file', target: 'one address', targets: 'list of addresses', presence: 'required or optional' },
  template: { type: owned.type, owner: owned.owner, parameters: 'JSON Schema', steps: 'list of actions', output: 'links and texts' },
}
const values: Record<string, readonly string[]> = {
  'spec.lifecycle': ['experimental', 'production', 'deprecated'],
  'component.spec.type': ['service', 'website', 'library', 'worker'],
  'api.spec.type': ['openapi', 'asyncapi', 'graphql', 'grpc', 'mcp-server'],
  'resource.spec.type': ['postgres', 'redis', 's3', 'queue'],
  'group.spec.type': ['team', 'department', 'organization'],
}
const annotations = [
  'backstage.io/techdocs-ref',
  'backstage.io/source-location',
  'backstage.io/view-url',
  'backstage.io/edit-url',
  'fairway.dev/repository',
  'fairway.dev/tier',
]

/** Kinds of entities that a field names, first the one that its short names mean. */
const refKinds: Record<string, readonly string[]> = {
  owner: ['group', 'user'],
  system: ['system'],
  domain: ['domain'],
  subdomainOf: ['domain'],
  subcomponentOf: ['component'],
  providesApis: ['api'],
  consumesApis: ['api'],
  dependsOn: ['component', 'resource'],
  dependencyOf: ['component', 'resource'],
  parent: ['group'],
  children: ['group'],
  members: ['user'],
  memberOf: ['group'],
}

/** The kinds of entities that may be named here; undefined where no reference is written. Pure. */
export function refKindsAt(place: CompletionPlace): readonly string[] | undefined {
  return place.what === 'value' && place.path[0] === 'spec' && place.path.length === 2 ? refKinds[place.path[1] ?? ''] : undefined
}

/** How a descriptor names an entity in a field: the shortest that means it. Pure. */
export function refText(place: CompletionPlace, entity: { kind: string; namespace: string; name: string }): string {
  const usual = refKindsAt(place) ?? []
  const isList = place.path[1] === 'dependsOn' || place.path[1] === 'dependencyOf'
  const name = entity.namespace === 'default' ? entity.name : `${entity.namespace}/${entity.name}`
  return !isList && usual[0] === entity.kind ? name : `${entity.kind}:${entity.namespace === 'default' ? 'default/' : ''}${name}`
}

/** Words that fit at a place, of those that need no catalog. Pure. */
export function descriptorWords(place: CompletionPlace): DescriptorWord[] {
  const kind = place.kind.toLowerCase()
  const path = place.path.join('.')
  const keys = (known: Record<string, string>): DescriptorWord[] => Object.entries(known).map(([label, detail]) => ({ label, detail, type: 'key' }))
  const texts = (known: readonly string[]): DescriptorWord[] => known.map((label) => ({ label, detail: '', type: 'value' }))
  if (place.what === 'value') {
    if (path === 'kind') return texts(KINDS)
    if (path === 'apiVersion') return texts(['backstage.io/v1alpha1', 'scaffolder.backstage.io/v1beta3'])
    return texts(values[`${kind}.${path}`] ?? values[path] ?? [])
  }
  if (path === '') return keys({ apiVersion: 'backstage.io/v1alpha1', kind: 'what it is', metadata: 'name and words', spec: 'what its kind asks for' })
  if (path === 'metadata') return keys(metadata)
  if (path === 'metadata.annotations') return annotations.map((label) => ({ label, detail: '', type: 'key' }))
  return path === 'spec' ? keys(spec[kind] ?? {}) : []
}
