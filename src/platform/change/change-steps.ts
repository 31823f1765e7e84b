import { applyStep } from './apply-step.ts'
import { finishStep, startRollback, startVerifying } from './end-steps.ts'
import { checkStep, gateStep } from './gate-step.ts'
import type { ChangeSteps } from './interpreter.ts'
import { planStep } from './plan-step.ts'
import type { StepContext } from './step-context.ts'

/** The steps of one execution of one change, on Postgres. */
export function createChangeSteps(context: StepContext): ChangeSteps {
  return {
    plan: async () => await planStep(context),
    check: async () => await checkStep(context),
    gate: async () => await gateStep(context),
    apply: async (actionId, phase) => await applyStep(context, actionId, phase),
    startVerifying: async () => await startVerifying(context),
    startRollback: async (setback) => await startRollback(context, setback),
    finish: async (end) => await finishStep(context, end),
  }
}
