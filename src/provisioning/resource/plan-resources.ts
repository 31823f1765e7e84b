import { z } from 'zod'
import type { Driver, PlannedAction } from '#kernel/common/driver'
import type { Fault, FieldProblem } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import { matchRecipe, type Recipe } from '#provisioning/recipe'
import { targetOf, type DesiredResource } from './desired.ts'
import { bindText } from './placeholder.ts'
import { resourceFaults } from './resource-faults.ts'

/** `resources` of a Score workload. Source: score.dev/v1b1 JSON schema. */
const scoreResourcesSchema = z.record(
  z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'use a-z, 0-9 and - between them'),
  z.looseObject({
    type: z.string().regex(/^[a-z][a-z0-9-]*$/, 'use a-z, 0-9 and -'),
    class: z.string().optional(),
    id: z.string().optional(),
    params: z.record(z.string(), z.json()).nullish(),
  }),
)

/** As written in `score.yaml`; not yet checked. */
type ScoreResources = Readonly<Record<string, unknown>>

export interface ResourceRequest {
  component: string
  environment: string
  /** Ref of the owning group. */
  team?: string | undefined
  resources: ScoreResources
  /** `metadata` of the workload, for placeholders in params. */
  metadata?: JsonObject
}

export interface ResourcePlan {
  /** One per resource, in the order of their names; ids are `resource:<name>`. Each `input.outputs` says what it will give. */
  actions: PlannedAction[]
  /** What each resource gives, by its name, known before anything is applied: for `bindVariables`. */
  outputs: Record<string, JsonObject>
}

export interface PlanResourcesDeps {
  recipes: () => Promise<readonly Recipe[]>
  /** Drivers by name, as recipes call them. */
  drivers: Readonly<Record<string, Driver>>
}

/**
 * Plans everything that a workload asks for in one environment. Reads, never writes.
 * @throws `provisioning.resource.unprovidable` with every problem by field, e.g. `resources.db.type`.
 */
export async function planResources(request: ResourceRequest, deps: PlanResourcesDeps): Promise<ResourcePlan> {
  const recipes = await deps.recipes()
  const claims = claimsOf(request, recipes, deps)
  const actions = await Promise.all(
    claims.map(async ({ recipe, driver, desired, name }) => {
      const action = await driver.plan({ id: `resource:${name}`, target: targetOf(desired), desired: { ...desired } })
      const cost = action.verb === 'create' ? recipe.costCentsPerMonth : undefined
      return cost === undefined || action.costCentsPerMonth !== undefined ? action : { ...action, costCentsPerMonth: cost }
    }),
  )
  const outputs = Object.fromEntries(actions.map((action, index) => [claims[index]?.name ?? '', (action.input['outputs'] ?? {}) as JsonObject]))
  return { actions, outputs }
}

interface MatchedClaim {
  name: string
  recipe: Recipe
  driver: Driver
  desired: DesiredResource
}

function claimsOf(request: ResourceRequest, recipes: readonly Recipe[], deps: PlanResourcesDeps): MatchedClaim[] {
  const { component, environment, team } = request
  const parsed = scoreResourcesSchema.safeParse(request.resources)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({ field: ['resources', ...issue.path].join('.'), message: issue.message }))
    throw unprovidable(request, problems)
  }
  const problems: FieldProblem[] = []
  const claims: MatchedClaim[] = []
  for (const [name, resource] of Object.entries(parsed.data).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const field = `resources.${name}`
    const className = resource.class ?? 'default'
    if (resource.id !== undefined)
      problems.push({ field: `${field}.id`, message: 'resources shared by an id are not supported: leave "id" out, and each component gets its own' })
    const match = matchRecipe({ type: resource.type, class: className, environment, component, team }, recipes)
    if (match.outcome !== 'matched') {
      problems.push({ field: `${field}.type`, message: match.message })
      continue
    }
    const { recipe } = match
    const driver = Object.hasOwn(deps.drivers, recipe.driver) ? deps.drivers[recipe.driver] : undefined
    if (!driver) {
      problems.push({
        field: `${field}.type`,
        message: `recipe "${recipe.name}" names driver "${recipe.driver}"; there are ${Object.keys(deps.drivers).sort().join(', ')}`,
      })
      continue
    }
    const params = bindParams((resource.params ?? {}) as JsonObject, request.metadata ?? { name: component }, `${field}.params`, problems)
    claims.push({
      name,
      recipe,
      driver,
      desired: { component, environment, name, type: resource.type, class: className, recipe: recipe.name, parameters: recipe.parameters, params },
    })
  }
  if (problems.length > 0) throw unprovidable(request, problems)
  return claims
}

/** Params may name the workload's metadata. */
function bindParams(params: JsonObject, metadata: JsonObject, field: string, problems: FieldProblem[]): JsonObject {
  return Object.fromEntries(
    Object.entries(params).map(([key, value]) => {
      if (typeof value !== 'string') return [key, value]
      const { bound, problems: found } = bindText(value, { metadata, resources: {} })
      problems.push(...found.map((message) => ({ field: `${field}.${key}`, message })))
      return [key, 'value' in bound ? bound.value : value]
    }),
  )
}

function unprovidable(request: { component: string; environment: string }, errors: readonly FieldProblem[]): Fault {
  const first = errors[0]
  return resourceFaults.unprovidable(
    { component: request.component, environment: request.environment, first: first ? `${first.field}: ${first.message}` : '' },
    { errors },
  )
}
