import type { Json } from '#kernel/common/json'
import { isFault } from '#kernel/common/fault'
import type { StepOutput } from './actions/index.ts'
import { assertActions } from './assert-actions.ts'
import { evaluateStructure, knownPartOf } from './evaluate-structure.ts'
import { checkValues } from './parameters.ts'
import { runStep, type StepEnvironment } from './run-step.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import type { Template } from './template-document.ts'
import { isStepTruthy, stepRow, type RunInput, type TemplateRun } from './template-run.ts'
import { DeferredNeeded, SecretText } from './template-language/index.ts'
import { Workspace } from './workspace.ts'

export type { RunInput, TemplateRun } from './template-run.ts'

/**
 * Runs a template in memory, step by step. The same template, values and files always give the same result, so a plan can be made again and compared.
 * @throws `platform.scaffolder.unknown_action`, `.values_invalid` (a problem per field), `.step_failed`, `.expression`, `.bad_path`, `.too_large`.
 */
export async function runTemplate(input: RunInput): Promise<TemplateRun> {
  const { template } = input
  assertActions(template, input.actions, input.hosts)
  const checked = checkValues(template.parameters, input.values, { fillsDefaults: input.fillsDefaults ?? true })
  if (checked.problems.length > 0)
    throw scaffolderFaults.values_invalid({ template: template.name, count: checked.problems.length }, { errors: checked.problems })
  const run: TemplateRun = {
    values: checked.values,
    workspace: new Workspace(),
    effects: [],
    steps: input.trace ?? [],
    output: {},
    isOutputWhole: true,
    log: [],
    pins: { ...input.pins },
  }
  const outputs: Record<string, { output: StepOutput }> = {}
  const scope = (): Record<string, unknown> => ({
    parameters: run.values,
    steps: outputs,
    secrets: Object.fromEntries((input.secrets ?? []).map((name) => [name, new SecretText([{ name }])])),
    user: { ref: input.user, entity: input.userEntity ?? {} },
    context: { task: { id: input.taskId ?? 'plan' } },
  })
  const environment: StepEnvironment = { input, run, scope }
  for (const [index, step] of template.steps.entries()) {
    const result = await runStep(step, environment)
    if ('output' in result) outputs[step.id] = { output: result.output }
    else if (!result.isInert) {
      run.held = { step: step.id, effect: result.deferred.effect, field: result.deferred.field }
      const rest = template.steps.slice(index + 1)
      run.steps.push(...rest.map((later) => stepRow(later.id, later.name, later.action, later.input, 'later')))
      break
    }
  }
  readOutput(template, run, scope())
  return run
}

/** Every member on its own: one that has to wait must not keep the others. */
function readOutput(template: Template, run: TemplateRun, scope: Record<string, unknown>): void {
  for (const [name, member] of Object.entries(template.output)) {
    const items: Json[] | undefined = Array.isArray(member) ? member : undefined
    const known = (items ?? [member]).flatMap((item, index) => knownOutput(item as Json, scope, `output.${name}${items ? `[${index}]` : ''}`, run))
    if (items) run.output[name] = known
    else if (known[0] !== undefined) run.output[name] = known[0]
  }
}

function knownOutput(item: Json, scope: Record<string, unknown>, where: string, run: TemplateRun): Json[] {
  try {
    const value = evaluateStructure(item, scope, where)
    if (isConditional(value) && !isStepTruthy(value.if)) return []
    const { known, isWhole } = knownPartOf({ value })
    run.isOutputWhole &&= isWhole
    const { value: result } = known
    if (!isWhole || result === undefined) return []
    if (!isConditional(result)) return [result]
    return [Object.fromEntries(Object.entries(result).filter(([name]) => name !== 'if')) as Json]
  } catch (error) {
    // After a stop the outputs of later steps are not there, and an expression may stumble over that.
    if (!(error instanceof DeferredNeeded) && !(run.held && isFault(error))) throw error
    run.isOutputWhole = false
    return []
  }
}

function isConditional(value: unknown): value is { if: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, 'if')
}
