import type { z } from 'zod'
import { pathText } from '#kernel/common/document'
import { isFault, type FieldProblem } from '#kernel/common/fault'
import type { Json, JsonObject } from '#kernel/common/json'
import type { ActionContext, Effect, TemplateAction, TemplateFile } from './actions/index.ts'
import { checkValues } from './parameters.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import type { Template, TemplateStep } from './template-document.ts'
import { evaluateTree, hasTemplateSyntax, parseTemplate, toValue, type Value } from './template-language/index.ts'
import { Workspace } from './workspace.ts'

export interface RunInput {
  template: Template
  values: JsonObject
  actions: readonly TemplateAction[]
  readFolder: (url: string) => Promise<readonly TemplateFile[]>
  repositoryUrl: (owner: string, name: string) => string
  /** Who asks, e.g. `user:default/ana`; templates see it as `user.ref`. */
  user: string
}

/** One step as it ran; of a skipped one the input is as written. */
interface RanStep {
  id: string
  name: string
  action: string
  input: JsonObject
  isSkipped: boolean
}

/** All that a template makes, computed without touching anything. */
export interface TemplateRun {
  /** Values with defaults filled in. */
  values: JsonObject
  workspace: Workspace
  effects: Effect[]
  steps: RanStep[]
  output: JsonObject
  log: string[]
}

/** Times that `each` may repeat one step. */
const MAX_REPEATS = 100

/** @throws `platform.scaffolder.unknown_action`, naming every action that is not here: before anything starts. */
function assertActions(template: Template, actions: readonly TemplateAction[]): void {
  const known = new Set(actions.map((action) => action.id))
  const missing = [...new Set(template.steps.map((step) => step.action).filter((action) => !known.has(action)))]
  if (missing.length > 0)
    throw scaffolderFaults.unknown_action({ actions: missing.map((action) => `"${action}"`).join(', '), known: [...known].sort().join(', ') })
}

/**
 * Runs a template in memory, step by step. The same template, values and files always give the same result, so a plan can be made again and compared.
 * @throws `platform.scaffolder.unknown_action`, `.values_invalid` (a problem per field), `.step_failed`, `.expression`, `.bad_path`, `.too_large`.
 */
export async function runTemplate(input: RunInput): Promise<TemplateRun> {
  const { template } = input
  assertActions(template, input.actions)
  const checked = checkValues(template.parameters, input.values)
  if (checked.problems.length > 0)
    throw scaffolderFaults.values_invalid({ template: template.name, count: checked.problems.length }, { errors: checked.problems })
  const run: TemplateRun = { values: checked.values, workspace: new Workspace(), effects: [], steps: [], output: {}, log: [] }
  const outputs: Record<string, { output: JsonObject }> = {}
  const scope = (): Record<string, unknown> => ({
    parameters: run.values,
    steps: outputs,
    secrets: {},
    user: { ref: input.user },
    context: { task: { id: 'plan' } },
  })
  for (const step of template.steps) outputs[step.id] = { output: await runStep(step, input, run, scope) }
  run.output = asObject(evaluated(template.output, scope(), 'output'))
  return run
}

async function runStep(step: TemplateStep, input: RunInput, run: TemplateRun, scope: () => Record<string, unknown>): Promise<JsonObject> {
  const action = input.actions.find((candidate) => candidate.id === step.action)
  if (!action) throw scaffolderFaults.unknown_action({ actions: `"${step.action}"`, known: input.actions.map(({ id }) => id).join(', ') })
  const condition = step.if === undefined ? true : evaluated(step.if, scope(), `step "${step.id}"`)
  if (!isTruthy(condition)) {
    run.steps.push({ id: step.id, name: step.name, action: step.action, input: step.input, isSkipped: true })
    return {}
  }
  if (step.each === undefined) return await runOnce(step, action, input, run, scope())
  const results: JsonObject[] = []
  for (const [key, value] of repeatsOf(evaluated(step.each, scope(), `step "${step.id}"`), step.id))
    results.push(await runOnce(step, action, input, run, { ...scope(), each: { key, value } }))
  return { results }
}

async function runOnce(step: TemplateStep, action: TemplateAction, input: RunInput, run: TemplateRun, scope: Record<string, unknown>): Promise<JsonObject> {
  const given = asObject(evaluated(step.input, scope, `step "${step.id}"`))
  run.steps.push({ id: step.id, name: step.name, action: step.action, input: given, isSkipped: false })
  const parsed = action.input.safeParse(given)
  if (!parsed.success)
    throw scaffolderFaults.step_failed({ step: step.id, what: `its input does not fit ${action.id}` }, { errors: inputProblems(step, parsed.error) })
  const context: ActionContext = {
    workspace: run.workspace,
    readFolder: input.readFolder,
    repositoryUrl: input.repositoryUrl,
    effects: run.effects,
    log: (line) => void run.log.push(line),
  }
  try {
    return await action.run(parsed.data, context)
  } catch (error) {
    if (!isFault(error) || error.code === scaffolderFaults.step_failed.code) throw error
    throw scaffolderFaults.step_failed({ step: step.id, what: error.message }, { cause: error, errors: error.errors })
  }
}

/** Fills every text of a structure. A member that comes out undefined is left away, as in Backstage. */
function evaluated(value: Json, scope: Record<string, unknown>, where: string): Value {
  if (typeof value === 'string') return hasTemplateSyntax(value) ? evaluateTree(parseTemplate(value, { where }), scope, { where }) : value
  if (Array.isArray(value)) return value.map((item: Json) => evaluated(item, scope, where) ?? null)
  if (typeof value !== 'object' || value === null) return toValue(value)
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, member]) => [hasTemplateSyntax(key) ? printed(evaluated(key, scope, where)) : key, evaluated(member as Json, scope, where)] as const)
      .filter(([, member]) => member !== undefined),
  )
}

function printed(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}

function isTruthy(value: Value): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value) && value !== 'false'
}

function repeatsOf(value: Value, step: string): [string | number, Value][] {
  const entries: [string | number, Value][] = Array.isArray(value)
    ? value.map((item: Value, index) => [index, item])
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : []
  if (entries.length > MAX_REPEATS) throw scaffolderFaults.step_failed({ step, what: `each has ${entries.length} members; ${MAX_REPEATS} is the limit` })
  return entries
}

function inputProblems(step: TemplateStep, error: z.ZodError): FieldProblem[] {
  return error.issues.map((issue) => ({ field: `steps.${step.id}.input${issue.path.length === 0 ? '' : `.${pathText(issue.path)}`}`, message: issue.message }))
}

function asObject(value: Value): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (JSON.parse(JSON.stringify(value)) as JsonObject) : {}
}
