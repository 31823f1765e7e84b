/** The parts of an entity reference such as `component:default/orders`; kind and namespace have their usual defaults. */
export interface RefParts {
  kind: string
  namespace: string
  name: string
}

/** Reads `kind:namespace/name`, `namespace/name` or `name`. */
export function parseRef(ref: string, kind = 'component'): RefParts {
  const colon = ref.indexOf(':')
  const rest = colon === -1 ? ref : ref.slice(colon + 1)
  const slash = rest.indexOf('/')
  return {
    kind: (colon === -1 ? kind : ref.slice(0, colon)).toLowerCase(),
    namespace: slash === -1 ? 'default' : rest.slice(0, slash),
    name: slash === -1 ? rest : rest.slice(slash + 1),
  }
}

/** How people call the thing: `ana` for `user:default/ana`, `platform` for `system:fairway`. */
export function shortRef(ref: string): string {
  if (ref === 'system:fairway') return 'Fairway'
  return parseRef(ref).name
}

/** The page of an entity: components have their own, all others share one. */
export function entityHref(ref: string, kind = 'component'): string {
  const parts = parseRef(ref, kind)
  if (parts.kind === 'component' && parts.namespace === 'default') return `/components/${encodeURIComponent(parts.name)}`
  return `/entities/${parts.kind}/${encodeURIComponent(parts.namespace)}/${encodeURIComponent(parts.name)}`
}

/** `v1` for version `1`; a version that has its own letters stays as it is. */
export function versionLabel(version: string | number): string {
  return typeof version === 'number' || /^\d/.test(version) ? `v${version}` : version
}

/** What a run is called: its own name; where that is the commit's title (GitHub's default), the workflow's file: `ci.yml`. */
export function runName(run: { name: string; workflow: string; commitMessage: string }): string {
  return run.name === run.commitMessage.split('\n')[0] ? (run.workflow.split('/').at(-1) ?? run.name) : run.name
}

/** An id short enough for a table: `rel_01k…7q2c`; commits and digests show their first characters. */
export function shortId(id: string): string {
  if (/^[0-9a-f]{40}$/.test(id)) return id.slice(0, 7)
  if (id.startsWith('sha256:')) return id.slice(7, 19)
  return id.length <= 14 ? id : `${id.slice(0, 7)}…${id.slice(-4)}`
}
