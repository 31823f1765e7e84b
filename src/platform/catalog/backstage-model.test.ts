import * as model from '@backstage/catalog-model'
import * as alpha from '@backstage/catalog-model/alpha'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkEntity } from './entity-check.ts'

type Doc = Record<string, unknown>

const spec = {
  Component: { type: 'service', lifecycle: 'production', owner: 'a', system: 'b', subcomponentOf: 'c', providesApis: ['d'], consumesApis: ['e'] },
  API: { type: 'openapi', lifecycle: 'production', owner: 'a', system: 'b', definition: 'x' },
  Resource: { type: 'database', owner: 'a', system: 'b', dependsOn: ['component:c'] },
  System: { owner: 'a', domain: 'b', type: 'c' },
  Domain: { owner: 'a', subdomainOf: 'b', type: 'c' },
  Group: { type: 'team', children: [], parent: 'a', members: ['b'], profile: { displayName: 'c', email: 'd', picture: 'e' } },
  User: { memberOf: [], profile: { displayName: 'c', email: 'd', picture: 'e' } },
  Location: { type: 'url', target: './a.yaml', targets: ['./b.yaml'], presence: 'required' },
}
const server = { type: 'mcp-server', lifecycle: 'production', owner: 'a', system: 'b', remotes: [{ type: 'sse', url: 'http://x' }] }
const resource = { lifecycle: 'production', owner: 'a', system: 'b' }
const BASES: [kind: string, spec: Doc][] = [
  ...Object.entries(spec),
  ['API', server],
  ['AiResource', { ...resource, type: 'context' }],
  ['AiResource', { ...resource, type: 'skill', disciplines: ['a'], categories: ['b'], agents: ['c'], dependsOn: ['d'] }],
  ['AiResource', { ...resource, type: 'rule', disciplines: ['a'], category: 'b', rationale: 'c' }],
  ['AiResource', { ...resource, type: 'plugin', skills: ['a'], version: '1' }],
  ['AiResource', { ...resource, type: 'marketplace', plugins: ['a'], version: '1' }],
]

const metadata = {
  name: 'a',
  namespace: 'default',
  title: 'A',
  description: 'b',
  labels: { 'example.com/tier': 'one' },
  annotations: { 'example.com/slug': 'acme/a' },
  tags: ['java'],
  links: [{ url: 'https://x.test', title: 'X', icon: 'y', type: 'z' }],
  uid: 'u',
  etag: 'e',
}
/** Fields of all kinds, so that each kind meets fields of the others, too. */
const SPEC_FIELDS = [...new Set(BASES.flatMap(([, fields]) => Object.keys(fields))), 'dependencyOf', 'unknown']
const PATHS: string[][] = [
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ['spec'],
  ['relations'],
  ['status'],
  ['owner'],
  ...Object.keys(metadata).map((key) => ['metadata', key]),
  ['metadata', 'unknown'],
  ['metadata', 'labels', 'k'],
  ['metadata', 'annotations', 'k'],
  ['metadata', 'tags', '0'],
  ['metadata', 'links', '0'],
  ...['url', 'title', 'icon', 'type', 'unknown'].map((key) => ['metadata', 'links', '0', key]),
  ...SPEC_FIELDS.map((key) => ['spec', key]),
  ...['displayName', 'email', 'picture', 'unknown'].map((key) => ['spec', 'profile', key]),
  ...['type', 'url'].map((key) => ['spec', 'remotes', '0', key]),
  ['spec', 'targets', '0'],
  ['spec', 'memberOf', '0'],
]

const value = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', ' ', 'x', 5, 0, true, false, [], [''], [' '], ['a'], [5], [null], [[]], {}, { a: 'b' }, { a: 1 }),
  fc.constantFrom('required', 'optional', 'mcp-server', 'skill', 'rule', 'plugin', 'marketplace', 'https://x.test', 'mailto:a@b', 'not a url', '//x', 'c:d'),
  fc.constantFrom(
    'backstage.io/v1alpha1',
    'backstage.io/v1beta1',
    'backstage.io/v1',
    'v1',
    ...BASES.map(([kind]) => kind),
    'component',
    'api',
    'COMPONENT',
    'Airesource',
  ),
  fc.constantFrom('a'.repeat(63), 'a'.repeat(64), 'a\n', 'a--b', 'a..b', '-a', 'a-', 'A', 'a_b', 'a.b', 'ä', 'a:b', 'c++', 'c#', 'a b', 'a/b', 'a\u0000'),
  fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '_', '.', ':', '+', '#', '/', ' '), maxLength: 8 }),
  fc.constantFrom({ displayName: 5 }, { displayName: '' }, [{ url: 'x' }], [{ type: 'x' }], [{ type: '', url: 'x' }], [{ type: 'x', url: 'y', z: 1 }]),
)
const key = fc.oneof(
  fc.constantFrom(
    'a',
    '',
    'a/b',
    'a/b/c',
    '/a',
    'a/',
    'A.b/c',
    'a..b/c',
    `${'a'.repeat(63)}/b`,
    `${'a'.repeat(64)}/b`,
    `${'a.'.repeat(126)}a/b`,
    `${'a.'.repeat(127)}a/b`,
  ),
  fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '_', '.', '/', ' '), maxLength: 8 }),
)
const alteration = fc.oneof(
  { weight: 6, arbitrary: fc.record({ path: fc.constantFrom(...PATHS), to: value }) },
  { weight: 1, arbitrary: fc.record({ path: fc.tuple(fc.constant('metadata'), fc.constantFrom('labels', 'annotations'), key), to: value }) },
)
const documents = fc
  .record({ base: fc.constantFrom(...BASES), isBare: fc.boolean(), alterations: fc.array(alteration, { maxLength: 3 }) })
  .map(({ base: [kind, fields], isBare, alterations }) => {
    const document: Doc = structuredClone({ apiVersion: 'backstage.io/v1alpha1', kind, metadata: isBare ? { name: 'a' } : metadata, spec: fields })
    for (const { path, to } of alterations) set(document, path, to)
    return document
  })

/** Puts a value where a path leads to, when it leads somewhere; undefined takes away. */
function set(document: Doc, path: readonly string[], to: unknown): void {
  let node: unknown = document
  for (const part of path.slice(0, -1)) node = isObject(node) ? node[part] : undefined
  if (!isObject(node)) return
  const last = path.at(-1) ?? ''
  if (to === undefined) Reflect.deleteProperty(node, last)
  else node[last] = structuredClone(to)
}

function isObject(node: unknown): node is Doc {
  return typeof node === 'object' && node !== null
}

const policy = model.EntityPolicies.allOf([
  new model.SchemaValidEntityPolicy(),
  new model.DefaultNamespaceEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(),
  new model.FieldFormatEntityPolicy(),
])
const KINDS = [
  model.apiEntityV1alpha1Validator,
  model.componentEntityV1alpha1Validator,
  model.resourceEntityV1alpha1Validator,
  model.groupEntityV1alpha1Validator,
  model.locationEntityV1alpha1Validator,
  model.userEntityV1alpha1Validator,
  model.systemEntityV1alpha1Validator,
  model.domainEntityV1alpha1Validator,
]
const AI_TYPES = new Map([
  ['skill', alpha.skillAiResourceEntityV1alpha1Validator],
  ['rule', alpha.ruleAiResourceEntityV1alpha1Validator],
  ['plugin', alpha.pluginAiResourceEntityV1alpha1Validator],
  ['marketplace', alpha.marketplaceAiResourceEntityV1alpha1Validator],
])

/** What Backstage says, with its modules for AI resources and MCP servers: undefined, or why not. */
async function backstageProblem(document: Doc): Promise<string | undefined> {
  try {
    model.entityEnvelopeSchemaValidator()(document)
    const entity = (await policy.enforce(structuredClone(document) as never)) as model.Entity & { spec?: { type?: string } }
    if (entity.kind === 'AiResource') {
      const validator = AI_TYPES.get(entity.spec?.type ?? '') ?? alpha.aiResourceEntityV1alpha1Validator
      return (await validator.check(entity)) ? undefined : 'no such kind'
    }
    // Which of the two rules an MCP server is held to depends on the modules of a Backstage: either will do.
    if (entity.kind === 'API' && entity.spec?.type === 'mcp-server' && (await alpha.mcpServerApiEntityValidator.check(entity).catch(() => false)))
      return undefined
    for (const validator of KINDS) if (await validator.check(entity)) return undefined
    return 'no such kind'
  } catch (error) {
    return String(error)
  }
}

const ownProblems = (document: Doc): string[] =>
  checkEntity({ file: 'x', value: document, locate: () => ({ line: 1, column: 1 }) }).problems.map(({ field, message }) => `${field}: ${message}`)

/** Where we are stricter, and mean it. */
function isStricterByIntent(document: Doc): boolean {
  const { links } = document['metadata'] as { links?: { url?: unknown }[] }
  // A link that runs code when somebody clicks on it.
  return links?.some(({ url }) => typeof url === 'string' && /^\s*(?:javascript|data|vbscript):/i.test(url)) ?? false
}

describe("our rules and those of Backstage's own model", () => {
  it.each(BASES)('agree that %s %j is good', async (kind, fields) => {
    const document = { apiVersion: 'backstage.io/v1alpha1', kind, metadata, spec: fields }
    expect([await backstageProblem(document), ownProblems(document)]).toEqual([undefined, []])
  })

  it('agree on thousands of documents near the rules', async () => {
    const seen = { good: 0, bad: 0 }
    await fc.assert(
      fc.asyncProperty(documents, async (document) => {
        const theirs = await backstageProblem(document)
        const ours = ownProblems(document)
        if (theirs === undefined) seen.good++
        else seen.bad++
        if (theirs === undefined && ours.length > 0 && isStricterByIntent(document)) return
        expect({ document, theirs, ours: ours.length === 0 }).toEqual({ document, theirs, ours: theirs === undefined })
      }),
      { numRuns: 4_000 },
    )
    expect(Math.min(seen.good, seen.bad)).toBeGreaterThan(500)
  })
})
