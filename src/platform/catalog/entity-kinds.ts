import { z } from 'zod'

const text = z.string({ error: 'give a text here' }).min(1, 'must not be empty')
const texts = z.array(text, { error: 'give a list of texts here' })

/** `$text: ./file` and the like stand for a text that is read later. */
const placeholder = z.record(z.string().startsWith('$'), z.string())
const textOrPlaceholder = z.union([text, placeholder], { error: 'give a text here, or a placeholder such as {"$text": "./openapi.yaml"}' })

const spec = (shape: z.ZodRawShape): z.ZodType => z.looseObject(shape, { error: 'give an object here' })
const profile = z.looseObject({ displayName: text.optional(), email: text.optional(), picture: text.optional() }).optional()
const remote = z.looseObject({ type: text, url: text }, { error: 'give an object with a type and a url' })
const remotes = z.array(remote, { error: 'give a list of objects with a type and a url' }).min(1, 'give at least one object with a type and a url')

/** Fields of `spec` by kind, as `@backstage/catalog-model` has them (a differential test says so); unknown fields are kept. `dependencyOf` is no field of its rules. */
const backstageSpecs: Record<string, z.ZodType> = {
  component: spec({
    type: text,
    lifecycle: text,
    owner: text,
    system: text.optional(),
    subcomponentOf: text.optional(),
    providesApis: texts.optional(),
    consumesApis: texts.optional(),
    dependsOn: texts.optional(),
  }),
  // An MCP server has addresses instead of a definition, or a definition as other APIs have. Source: backstage/backstage RFC #32062.
  api: z.looseObject({ type: text, lifecycle: text, owner: text, system: text.optional() }, { error: 'give an object here' }).superRefine((value, context) => {
    const definition = textOrPlaceholder.safeParse(value['definition'])
    if (definition.success) return
    const isServer = value.type === 'mcp-server'
    const found = isServer ? remotes.safeParse(value['remotes']) : definition
    for (const issue of found.error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [isServer ? 'remotes' : 'definition', ...issue.path], message: issue.message })
  }),
  // Source: Backstage's catalog-backend-module-ai-model, RFC #33575. Types that it does not know have the common fields only.
  airesource: z
    .looseObject({ type: text, lifecycle: text, owner: text, system: text.optional() }, { error: 'give an object here' })
    .superRefine((value, context) => {
      const found = aiResources.get(value.type)?.safeParse(value)
      for (const { path, message } of found?.error?.issues ?? []) context.addIssue({ code: 'custom', path, message })
    }),
  resource: spec({ type: text, owner: text, system: text.optional(), dependsOn: texts.optional() }),
  system: spec({ owner: text, domain: text.optional(), type: text.optional() }),
  domain: spec({ owner: text, subdomainOf: text.optional(), type: text.optional() }),
  group: spec({ type: text, children: texts, parent: text.optional(), members: texts.optional(), profile }),
  user: spec({ memberOf: texts, profile }),
  location: spec({ type: text.optional(), target: text.optional(), targets: texts.optional(), presence: z.enum(['required', 'optional']).optional() }),
}

const ofRule = z.string({ error: 'give a text here: a rule has a category and a rationale' }).min(1, 'must not be empty')
/** What the types of AI resources have beyond what all have. */
const aiResources = new Map([
  ['skill', spec({ disciplines: texts.optional(), categories: texts.optional(), agents: texts.optional(), dependsOn: texts.optional() })],
  ['rule', spec({ disciplines: texts.optional(), category: ofRule, rationale: ofRule })],
  ['plugin', spec({ skills: texts, version: text.optional() })],
  ['marketplace', spec({ plugins: texts, version: text.optional() })],
])

const anyText = z.string({ error: 'give a text here' })
const object = z.record(z.string(), z.unknown(), { error: 'give an object here' })
const condition = z.union([z.string(), z.boolean()], { error: 'give an expression, true or false' }).optional()
const permissions = z.looseObject({ tags: z.array(z.string()).optional() }, { error: 'give an object with tags' }).optional()
const schema = z.looseObject({ 'backstage:permissions': permissions }, { error: 'give a JSON Schema' })
const step = z.looseObject(
  { id: anyText.optional(), name: anyText.optional(), action: anyText, input: object.optional(), if: condition, 'backstage:permissions': permissions },
  { error: 'give an object with an action' },
)
const shownItem = { if: condition, title: text.optional(), icon: text.optional() }
/** Source: Backstage's `Template.v1beta3.schema.json`. */
const template = spec({
  type: text,
  owner: text.optional(),
  lifecycle: text.optional(),
  parameters: z.union([schema, z.array(schema)], { error: 'give one JSON Schema, or a list of them' }).optional(),
  secrets: z.looseObject({ schema: object.optional() }, { error: 'give an object with a schema' }).optional(),
  presentation: z
    .looseObject({
      buttonLabels: z
        .looseObject({ backButtonText: anyText.optional(), createButtonText: anyText.optional(), reviewButtonText: anyText.optional() })
        .optional(),
    })
    .optional(),
  EXPERIMENTAL_recovery: z.looseObject({ EXPERIMENTAL_strategy: anyText.optional() }).optional(),
  EXPERIMENTAL_formDecorators: z.array(z.looseObject({ id: anyText.optional(), input: object.optional() })).optional(),
  steps: z.array(step, { error: 'give a list of steps' }),
  output: z
    .looseObject({
      links: z.array(z.looseObject({ ...shownItem, url: text.optional(), entityRef: text.optional() }), { error: 'give a list of links' }).optional(),
      text: z.array(z.looseObject({ ...shownItem, content: anyText.optional() }), { error: 'give a list of texts' }).optional(),
    })
    .catchall(anyText)
    .optional(),
})

/** What the platform team writes. Each feature checks its own `spec`; the catalog only keeps it. */
const FAIRWAY_KINDS = [
  'Environment',
  'Cluster',
  'CloudAccount',
  'GitHost',
  'Region',
  'Network',
  'ResourceType',
  'Recipe',
  'Policy',
  'Scorecard',
  'Action',
  'Budget',
  'EntityType',
]
/** OpenSLO v1 object kinds. Source: OpenSLO specification, "Object types". */
const OPENSLO_KINDS = ['SLO', 'SLI', 'Service', 'DataSource', 'AlertPolicy', 'AlertCondition', 'AlertNotificationTarget']

/** Kinds that say who may do what, or what the platform does for everybody: only trusted repositories may declare them. */
const PRIVILEGED_KINDS = new Set(['user', 'group', 'template', ...FAIRWAY_KINDS.map((kind) => kind.toLowerCase())])

/** The rules for a document's `spec`, by `apiVersion` and `kind`; undefined when the catalog knows no such kind. */
export function specRulesOf(apiVersion: string, kind: string): { schema: z.ZodType; isRequired: boolean; isOpenSlo: boolean } | undefined {
  if (apiVersion === 'backstage.io/v1alpha1' || apiVersion === 'backstage.io/v1beta1') {
    const schema = backstageSpecs[kind.toLowerCase()]
    // Backstage compares the kind of its own descriptors by letter: `component` is not `Component`.
    if (kind === 'AiResource' && apiVersion !== 'backstage.io/v1alpha1') return undefined
    return schema && BACKSTAGE_KINDS.includes(kind) ? { schema, isRequired: true, isOpenSlo: false } : undefined
  }
  if (apiVersion === 'scaffolder.backstage.io/v1beta3' && kind === 'Template') return { schema: template, isRequired: true, isOpenSlo: false }
  if (apiVersion === 'fairway.dev/v1' && FAIRWAY_KINDS.includes(kind)) return { schema: spec({}), isRequired: true, isOpenSlo: false }
  if (apiVersion === 'openslo/v1' && OPENSLO_KINDS.includes(kind)) return { schema: spec({}), isRequired: true, isOpenSlo: true }
  return undefined
}

const BACKSTAGE_KINDS = ['Component', 'API', 'Resource', 'System', 'Domain', 'Group', 'User', 'Location', 'AiResource']

/** In the reader's words: the kinds that a file may hold. */
export const KNOWN_KINDS_TEXT = `${[...BACKSTAGE_KINDS, 'Template'].join(', ')}; fairway.dev/v1: ${FAIRWAY_KINDS.join(', ')}; openslo/v1: ${OPENSLO_KINDS.join(', ')}`

/** What a declaration needs: `people`, `templates` or platform kinds come from trusted sources; the rest from anywhere. */
export function classOfKind(apiVersion: string, kind: string): 'catalog' | 'people' | 'template' | 'platform' {
  const lower = kind.toLowerCase()
  if (apiVersion.startsWith('fairway.dev/') || PRIVILEGED_KINDS.has(lower))
    return lower === 'user' || lower === 'group' ? 'people' : lower === 'template' ? 'template' : 'platform'
  return 'catalog'
}
