/** A JSON schema as far as the route table uses it. */
interface Schema {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
}

export interface TableRoute {
  operation: string
  method: string
  path: string
  permission: string
  /** Names in the path's template. */
  pathNames: string[]
  query: { name: string; required: boolean; schema: Schema }[]
  body: Schema | undefined
}

interface Document {
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string
        'x-permission': string
        parameters?: { in: string; name: string; required: boolean; schema: Schema }[]
        requestBody?: { content: { 'application/json': { schema: Schema } } }
      }
    >
  >
}

/** The routes of a running platform, by its own description; and those whose methods OpenAPI has no words for. */
export async function readRouteTable(url: string): Promise<TableRoute[]> {
  const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as Document
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      operation: operation.operationId,
      method: method.toUpperCase(),
      path,
      permission: operation['x-permission'],
      pathNames: [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''),
      query: (operation.parameters ?? []).filter((parameter) => parameter.in === 'query'),
      body: operation.requestBody?.content['application/json'].schema,
    })),
  )
  const state = { path: '/api/v1/state/{name}', permission: 'state:write', pathNames: ['name'], query: [], body: undefined }
  return [...described, { ...state, operation: 'state.lock', method: 'LOCK' }, { ...state, operation: 'state.unlock', method: 'UNLOCK' }]
}

/** Well-formed values of things that don't exist, where the plain one would be refused for its form. */
const PATH_SAMPLES: Record<string, string> = {
  'telemetry.trace.traceId': '0123456789abcdef0123456789abcdef',
  'git.discover.repository': 'absent.git',
  'git.fetch.repository': 'absent.git',
  'git.push.repository': 'absent.git',
  'registry.read.path': 'acme/absent/manifests/latest',
  'registry.write.path': 'acme/absent/manifests/latest',
  'registry.startUpload.path': 'acme/absent/blobs/uploads/',
  'registry.uploadChunk.path': 'acme/absent/blobs/uploads/absent',
  'registry.cancelUpload.path': 'acme/absent/blobs/uploads/absent',
}
/** Names that mean the same in many operations, e.g. the number of a pull request. */
const PATH_NAME_SAMPLES: Record<string, string> = { 'pullRequests.number': '999', 'exports.format': 'port', 'repositories.number': '999' }
const BODY_SAMPLES: Record<string, unknown> = {
  'changes.create.kind': 'deploy',
  'changes.create.input': { component: 'absent', environment: 'dev' },
  'plans.create.kind': 'deploy',
  'plans.create.input': { component: 'absent', environment: 'dev' },
  'tokens.create.scopes': ['catalog:read'],
  'tokens.create.subject': 'user:default/absent',
  'repositories.create.name': 'Not A Name',
  'repositories.commit.branch': 'main',
  'repositories.commit.message': 'Add a file',
  'repositories.commit.files': [{ path: 'a.txt', content: 'a' }],
  'pullRequests.comment.body': 'Fine.',
  'imports.create.format': 'port',
  'imports.create.files': [{ path: 'a.json', text: '{}' }],
  'adoptions.create.url': 'http://127.0.0.1:65000/',
  'creations.create.template': 'template:default/absent',
  'creations.preview.template': 'template:default/absent',
}
const QUERY_SAMPLES: Record<string, string> = { 'git.discover': 'service=git-upload-pack' }

/** A well-formed request for things that don't exist. `path` and `query` replace single values, which are encoded. */
export function sampleRequest(
  route: TableRoute,
  replace: { path?: Record<string, string>; query?: Record<string, string> } = {},
): { address: string; body: unknown } {
  const path = route.pathNames.reduce((text, name) => {
    const value =
      replace.path?.[name] ?? PATH_SAMPLES[`${route.operation}.${name}`] ?? PATH_NAME_SAMPLES[`${route.operation.split('.')[0] ?? ''}.${name}`] ?? 'absent'
    return text.replace(`{${name}}`, value.split('/').map(encodeURIComponent).join('/'))
  }, route.path)
  const query = new URLSearchParams(QUERY_SAMPLES[route.operation] ?? '')
  for (const { name, required } of route.query) if (required) query.set(name, 'absent')
  for (const [name, value] of Object.entries(replace.query ?? {})) query.set(name, value)
  return { address: query.size > 0 ? `${path}?${query.toString()}` : path, body: sampleBody(route) }
}

function sampleBody(route: TableRoute): Record<string, unknown> | undefined {
  if (!route.body) return undefined
  const required = route.body.required ?? []
  const wanted = Object.keys(route.body.properties ?? {}).filter((name) => required.includes(name) || BODY_SAMPLES[`${route.operation}.${name}`] !== undefined)
  return Object.fromEntries(wanted.map((name) => [name, BODY_SAMPLES[`${route.operation}.${name}`] ?? sampleOf(route.body?.properties?.[name] ?? {})]))
}

function sampleOf(schema: Schema): unknown {
  if (schema.type === 'integer' || schema.type === 'number') return 60
  if (schema.type === 'boolean') return false
  if (schema.type === 'array') return [sampleOf(schema.items ?? {})]
  return schema.type === 'object' ? {} : 'absent'
}

/** Bodies that each have one field of a wrong type, or one too many. */
export function wrongBodies(route: TableRoute): { field: string; body: Record<string, unknown> }[] {
  const good = sampleBody(route) ?? {}
  const wrong = Object.entries(route.body?.properties ?? {}).map(([field, schema]) => ({
    field,
    body: { ...good, [field]: schema.type === 'string' ? { not: 'text' } : 'not of that type' },
  }))
  return [...wrong, { field: '', body: { ...good, notAField: 1 } }]
}
