import { z } from 'zod'

const text = z.string({ error: 'give a text here' }).trim().min(1, 'must not be empty')
const texts = z.array(text, { error: 'give a list of texts here' })

/** `$text: ./file` and the like stand for a text that is read later. */
const placeholder = z.record(z.string().startsWith('$'), z.string())
const textOrPlaceholder = z.union([text, placeholder], { error: 'give a text here, or a placeholder such as {"$text": "./openapi.yaml"}' })

const spec = (shape: z.ZodRawShape): z.ZodType => z.looseObject(shape, { error: 'give an object here' })
const profile = z.looseObject({ displayName: text.optional(), email: text.optional(), picture: text.optional() }).optional()
const dependencies = { dependsOn: texts.optional(), dependencyOf: texts.optional() }

/** Fields of `spec` by kind. Source: Backstage's descriptor format; unknown fields are kept. */
const backstageSpecs: Record<string, z.ZodType> = {
  component: spec({
    type: text,
    lifecycle: text,
    owner: text,
    system: text.optional(),
    subcomponentOf: text.optional(),
    providesApis: texts.optional(),
    consumesApis: texts.optional(),
    ...dependencies,
  }),
  api: spec({ type: text, lifecycle: text, owner: text, definition: textOrPlaceholder, system: text.optional() }),
  resource: spec({ type: text, owner: text, system: text.optional(), ...dependencies }),
  system: spec({ owner: text, domain: text.optional(), type: text.optional() }),
  domain: spec({ owner: text, subdomainOf: text.optional(), type: text.optional() }),
  group: spec({ type: text, children: texts, parent: text.optional(), members: texts.optional(), profile }),
  user: spec({ memberOf: texts, profile }),
  location: spec({ type: text.optional(), target: text.optional(), targets: texts.optional(), presence: z.enum(['required', 'optional']).optional() }),
}

const step = z.looseObject({ id: text.optional(), name: text.optional(), action: text })
const template = spec({
  type: text,
  owner: text.optional(),
  lifecycle: text.optional(),
  parameters: z
    .union([z.record(z.string(), z.unknown()), z.array(z.record(z.string(), z.unknown()))], { error: 'give one JSON Schema, or a list of them' })
    .optional(),
  steps: z.array(step, { error: 'give a list of steps' }),
  output: z.record(z.string(), z.unknown()).optional(),
})

/** What the platform team writes. Each feature checks its own `spec`; the catalog only keeps it. */
const FAIRWAY_KINDS = ['Environment', 'Cluster', 'CloudAccount', 'Region', 'Network', 'ResourceType', 'Recipe', 'Policy', 'Scorecard', 'Action', 'Budget', 'EntityType']
/** OpenSLO v1 object kinds. Source: OpenSLO specification, "Object types". */
const OPENSLO_KINDS = ['SLO', 'SLI', 'Service', 'DataSource', 'AlertPolicy', 'AlertCondition', 'AlertNotificationTarget']

/** Kinds that say who may do what, or what the platform does for everybody: only trusted repositories may declare them. */
const PRIVILEGED_KINDS = new Set(['user', 'group', 'template', ...FAIRWAY_KINDS.map((kind) => kind.toLowerCase())])

/** The rules for a document's `spec`, by `apiVersion` and `kind`; undefined when the catalog knows no such kind. */
export function specRulesOf(apiVersion: string, kind: string): { schema: z.ZodType; isRequired: boolean; isOpenSlo: boolean } | undefined {
  if (apiVersion === 'backstage.io/v1alpha1' || apiVersion === 'backstage.io/v1beta1') {
    const schema = backstageSpecs[kind.toLowerCase()]
    // Backstage compares the kind of its own descriptors by letter: `component` is not `Component`.
    return schema && BACKSTAGE_KINDS.includes(kind) ? { schema, isRequired: true, isOpenSlo: false } : undefined
  }
  if (apiVersion === 'scaffolder.backstage.io/v1beta3' && kind === 'Template') return { schema: template, isRequired: true, isOpenSlo: false }
  if (apiVersion === 'fairway.dev/v1' && FAIRWAY_KINDS.includes(kind)) return { schema: spec({}), isRequired: true, isOpenSlo: false }
  if (apiVersion === 'openslo/v1' && OPENSLO_KINDS.includes(kind)) return { schema: spec({}), isRequired: true, isOpenSlo: true }
  return undefined
}

const BACKSTAGE_KINDS = ['Component', 'API', 'Resource', 'System', 'Domain', 'Group', 'User', 'Location']

/** In the reader's words: the kinds that a file may hold. */
export const KNOWN_KINDS_TEXT = `${[...BACKSTAGE_KINDS, 'Template'].join(', ')}; fairway.dev/v1: ${FAIRWAY_KINDS.join(', ')}; openslo/v1: ${OPENSLO_KINDS.join(', ')}`

export function isPrivilegedKind(kind: string): boolean {
  return PRIVILEGED_KINDS.has(kind.toLowerCase())
}
