import type { z } from 'zod'
import { pathText } from '#kernel/common/document'
import { isFault, type FieldProblem } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import type { ActionContext, Effect, StepOutput, TemplateAction, TemplateFile } from './actions/index.ts'
import { evaluateStructure, jsonOfStructure, knownPartOf } from './evaluate-structure.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import type { TemplateStep } from './template-document.ts'
import { isStepTruthy, stepRow, type RanStep, type RunInput, type TemplateRun } from './template-run.ts'
import { Deferred, DeferredNeeded, SecretText, type Value } from './template-language/index.ts'

export interface StepEnvironment {
  input: RunInput
  run: TemplateRun
  scope: () => Record<string, unknown>
}

/** Times that `each` may repeat one step. */
const MAX_REPEATS = 100
/** Work in memory after which others get their turn. */
const SLICE_MS = 20

/** Runs a step, all turns of it. A step that needs what is not known yet leaves no trace and says so. */
export async function runStep(step: TemplateStep, environment: StepEnvironment): Promise<{ output: StepOutput } | { deferred: Deferred; isInert: boolean }> {
  const { input, run, scope } = environment
  const action = input.actions.find((candidate) => candidate.id === step.action)
  if (!action) throw scaffolderFaults.unknown_action({ actions: `"${step.action}"`, known: input.actions.map(({ id }) => id).join(', ') })
  const before = { effects: run.effects.length, steps: run.steps.length }
  const hold = (deferred: Deferred): { deferred: Deferred; isInert: boolean } => {
    run.effects.length = before.effects
    run.steps.length = before.steps
    run.steps.push(stepRow(step.id, step.name, step.action, step.input, 'held'))
    return { deferred, isInert: action.isInert ?? false }
  }
  try {
    const where = `step "${step.id}"`
    // With `each` the condition is asked for each turn, where it can see `each.value`.
    const runs = (sight: Record<string, unknown>): boolean =>
      step.if === undefined || isStepTruthy(jsonOfStructure(evaluateStructure(step.if, sight, `${where}.if`)))
    if (step.if === false || (step.each === undefined && !runs(scope()))) {
      run.steps.push(stepRow(step.id, step.name, step.action, step.input, 'skipped'))
      return { output: {} }
    }
    // All inputs first: a turn that has to wait must not leave what earlier turns have done to the files.
    const turns = turnsOf(step, scope)
      .filter((turn) => step.each === undefined || runs(turn.scope))
      .map((turn) => ({ ...turn, given: givenOf(step, turn.scope) }))
    if (turns.length === 0) run.steps.push(stepRow(step.id, step.name, step.action, step.input, 'skipped'))
    const results: StepOutput[] = []
    for (const turn of turns) results.push(await runOnce(step, action, turn.key, turn.given, environment))
    return { output: step.each === undefined ? (results[0] ?? {}) : resultsOf(results) }
  } catch (error) {
    if (error instanceof DeferredNeeded) return hold(error.deferred)
    throw error
  }
}

interface Turn {
  key: string
  scope: Record<string, unknown>
}

function turnsOf(step: TemplateStep, scope: () => Record<string, unknown>): Turn[] {
  if (step.each === undefined) return [{ key: step.id, scope: scope() }]
  const value = evaluateStructure(step.each, scope(), `step "${step.id}".each`)
  if (value instanceof Deferred) throw new DeferredNeeded(value)
  // Keys are texts for lists too, as in Backstage.
  const entries: [string, Value][] = Array.isArray(value)
    ? value.map((item: Value, index) => [String(index), item])
    : typeof value === 'object' && value !== null && !(value instanceof SecretText)
      ? Object.entries(value)
      : []
  if (entries.length > MAX_REPEATS)
    throw scaffolderFaults.step_failed({ step: step.id, what: `each has ${entries.length} members; ${MAX_REPEATS} is the limit` })
  return entries.map(([key, member]) => ({ key: `${step.id}[${key}]`, scope: { ...scope(), each: { key, value: member } } }))
}

/** Outputs of all turns: as a list under `results`, and by name as Backstage has it (`steps.x.output.remoteUrl` is the list of each turn's). */
function resultsOf(results: readonly StepOutput[]): StepOutput {
  const names = [...new Set(results.flatMap((result) => Object.keys(result)))]
  const columns = Object.fromEntries(names.map((name) => [name, results.map((result) => result[name] ?? null)]))
  return { ...columns, results: results as unknown as JsonObject[] } as unknown as StepOutput
}

function givenOf(step: TemplateStep, scope: Record<string, unknown>): JsonObject {
  const value = jsonOfStructure(evaluateStructure(step.input, scope, `step "${step.id}"`))
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

async function runOnce(step: TemplateStep, action: TemplateAction, key: string, given: JsonObject, environment: StepEnvironment): Promise<StepOutput> {
  const { run } = environment
  const row: RanStep = { ...stepRow(key, step.name, step.action, given, 'ran'), id: step.id }
  run.steps.push(row)
  const leaks = secretPlaces(given).filter(([name]) => name !== 'token' && !(action.secrets ?? []).includes(String(name)))
  if (leaks.length > 0) {
    const message = 'holds a secret, which can not be used here: it would lie open in what is made'
    const errors = leaks.map((path) => ({ field: `steps.${key}.input.${pathText(path)}`, message }))
    throw scaffolderFaults.step_failed({ step: key, what: `${errors[0]?.field ?? 'its input'} ${message}` }, { errors })
  }
  const parsed = action.input.safeParse(given)
  if (!parsed.success)
    throw scaffolderFaults.step_failed({ step: key, what: `its input does not fit ${action.id}` }, { errors: inputProblems(key, parsed.error) })
  try {
    const output = await action.run(parsed.data, contextOf(key, row, environment))
    row.output = knownPartOf(output as Value).known
    return output
  } catch (error) {
    if (!isFault(error) || error.code === scaffolderFaults.step_failed.code) throw error
    throw scaffolderFaults.step_failed({ step: key, what: error.message }, { cause: error, errors: error.errors })
  }
}

function contextOf(key: string, row: RanStep, { input, run }: StepEnvironment): ActionContext {
  const isAddress = (url: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(url)
  const fetched = async <T extends { revision: string }>(url: string, read: (pin: string | undefined) => Promise<T>): Promise<T> => {
    const result = await read(Object.hasOwn(run.pins, url) ? run.pins[url] : undefined)
    run.pins[url] = result.revision
    return result
  }
  let slice = performance.now()
  return {
    workspace: run.workspace,
    readFolder: async (url) => {
      const { fetch } = input
      return fetch && isAddress(url) ? (await fetched(url, async (pin) => await fetch.readFolder(url, pin))).files : await input.readFolder(url)
    },
    readFile: async (url) => {
      const { fetch } = input
      const name = url.slice(url.lastIndexOf('/') + 1)
      if (fetch && isAddress(url))
        return { path: name, content: (await fetched(url, async (pin) => await fetch.readFile(url, pin))).content, isExecutable: false }
      return await fileOf(input, url)
    },
    repositoryUrl: input.repositoryUrl,
    hosts: input.hosts ?? { list: () => [] },
    findEntity: input.findEntity ?? (async () => await Promise.resolve(undefined)),
    effects: run.effects,
    add: (wish) => {
      const nth = run.effects.filter((effect) => effect.step === key).length + 1
      const effect: Effect = { ...wish, id: nth === 1 ? key : `${key}#${nth}`, step: key }
      run.effects.push(effect)
      const known = input.resolved && Object.hasOwn(input.resolved, effect.id) ? input.resolved[effect.id] : undefined
      return { id: effect.id, output: (field) => (known ? (known[field] ?? null) : new Deferred(effect.id, field)) }
    },
    log: (line) => {
      row.log.push(line)
      run.log.push(line)
    },
    pause: async () => {
      if (performance.now() - slice > SLICE_MS) {
        await new Promise<void>((resolve) => setImmediate(resolve))
        slice = performance.now()
      }
      input.signal?.throwIfAborted()
    },
  }
}

/** A file beside the template: its folder is read, which is kept, and the file picked. */
async function fileOf(input: RunInput, url: string): Promise<TemplateFile> {
  if (input.readFile) return await input.readFile(url)
  const cut = url.lastIndexOf('/')
  const [folder, name] = cut === -1 ? ['.', url] : [url.slice(0, cut) || '.', url.slice(cut + 1)]
  const file = (await input.readFolder(folder)).find((candidate) => candidate.path === name)
  if (!file) throw scaffolderFaults.bad_path({ path: url, why: 'is not beside the template' })
  return file
}

/** Where in an input secrets stand. */
function secretPlaces(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((item: unknown, index) => secretPlaces(item, [...path, index]))
  if (Object.hasOwn(value, '$secret')) return [[...path]]
  return Object.entries(value).flatMap(([name, member]) => secretPlaces(member, [...path, name]))
}

function inputProblems(key: string, error: z.ZodError): FieldProblem[] {
  return error.issues.map((issue) => ({ field: `steps.${key}.input${issue.path.length === 0 ? '' : `.${pathText(issue.path)}`}`, message: issue.message }))
}
