import { z } from 'zod'
import { checkDocument, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'

/** What a team asks for: `{ type: 'postgres', class: 'default', environment: 'production', component: 'orders', team: 'group:default/payments' }`. */
export interface Claim {
  type: string
  class: string
  environment: string
  component: string
  /** Ref of the group that owns the component. */
  team?: string | undefined
}

/** How the platform team provides a type of resource. A criterion that is left out matches everything; one with several values, any of them. */
export interface Recipe {
  name: string
  title: string
  description: string
  type: string
  driver: string
  where: Readonly<Partial<Record<'environment' | 'class' | 'component' | 'team', readonly string[]>>>
  parameters: JsonObject
  /** Of one such resource, in euro cents. */
  costCentsPerMonth?: number | undefined
}

const text = z.string({ error: 'give a text here' }).trim().min(1, 'must not be empty')
const criterion = z
  .union([text, z.array(text).min(1)], { error: 'give a text, or a list of texts' })
  .transform((value) => (typeof value === 'string' ? [value] : value))
  .optional()

/** The document that a platform team writes. */
const recipeDocumentSchema = z.looseObject({
  apiVersion: z.literal('fairway.dev/v1'),
  kind: z.literal('Recipe'),
  metadata: z.looseObject({ name: text, title: z.string().optional(), description: z.string().optional() }),
  spec: z.strictObject(
    {
      type: text,
      driver: text,
      where: z.strictObject({ environment: criterion, class: criterion, component: criterion, team: criterion }).default({}),
      parameters: z.record(z.string(), z.json()).default({}),
      costCentsPerMonth: z.number({ error: 'a number of cents' }).int().min(0).optional(),
    },
    { error: 'give an object with type and driver' },
  ),
})

/** Reads a recipe; what is wrong is named by file, line and field. Never throws. */
export function readRecipe(document: SourceDocument): { recipe: Recipe; problems: [] } | { recipe?: undefined; problems: FieldProblem[] } {
  const checked = checkDocument(document, recipeDocumentSchema)
  if (checked.value === undefined) return { problems: checked.problems }
  const { metadata, spec } = checked.value
  const { team, ...where } = spec.where
  const criteria = { ...where, team: team?.map(groupRef) }
  return {
    recipe: {
      name: metadata.name,
      title: metadata.title ?? metadata.name,
      description: metadata.description ?? '',
      type: spec.type,
      driver: spec.driver,
      where: Object.fromEntries(Object.entries(criteria).filter(([, value]) => value !== undefined)),
      parameters: spec.parameters as JsonObject,
      costCentsPerMonth: spec.costCentsPerMonth,
    },
    problems: [],
  }
}

/** `payments`, `group:payments` and `group:default/payments` are the same group. */
function groupRef(ref: string): string {
  const bare = ref.replace(/^group:/i, '').toLowerCase()
  return `group:${bare.includes('/') ? bare : `default/${bare}`}`
}
