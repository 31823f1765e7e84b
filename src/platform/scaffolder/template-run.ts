import type { Json, JsonObject } from '#kernel/common/json'
import type { Effect, FetchSource, HostDirectory, TemplateAction, TemplateFile } from './actions/index.ts'
import type { Template } from './template-document.ts'
import type { Workspace } from './workspace.ts'

export interface RunInput {
  template: Template
  values: JsonObject
  actions: readonly TemplateAction[]
  /** Files below a folder beside the template; addresses go to `fetch`. */
  readFolder: (url: string) => Promise<readonly TemplateFile[]>
  /** One file beside the template; unless told it is picked of its folder. */
  readFile?: ((url: string) => Promise<TemplateFile>) | undefined
  repositoryUrl: (owner: string, name: string) => string
  /** Who asks, e.g. `user:default/ana`; templates see it as `user.ref`. */
  user: string
  /** The asking person's entity, as `user.entity`. */
  userEntity?: JsonObject | undefined
  /** Names of the secrets that came with the request. Their values are never known here. */
  secrets?: readonly string[] | undefined
  /** As `context.task.id`; `plan` unless told. The same for a plan and its carrying out, or they differ. */
  taskId?: string | undefined
  hosts?: HostDirectory | undefined
  fetch?: FetchSource | undefined
  findEntity?: ((ref: string) => Promise<JsonObject | undefined>) | undefined
  /** Outputs of effects that are carried out, by effect id. With more of them the same run comes further. */
  resolved?: Readonly<Record<string, JsonObject>> | undefined
  /** Revisions of addresses that an earlier run read (`TemplateRun.pins`): the same files again. */
  pins?: Readonly<Record<string, string>> | undefined
  /** Fills in the schemas' defaults; true unless told. Backstage leaves that to its form. */
  fillsDefaults?: boolean | undefined
  signal?: AbortSignal | undefined
  /** Gets the steps as they run, also when the run fails: the last one is the one that did. */
  trace?: RanStep[] | undefined
}

/** `held`: waits for an effect's output. `later`: comes after a held one. */
export type StepState = 'ran' | 'skipped' | 'held' | 'later'

/** One step, or one turn of a step with `each`; of one that did not run the input is as written. */
export interface RanStep {
  id: string
  /** The id, or `id[key]` for one turn of `each`. */
  key: string
  name: string
  action: string
  input: JsonObject
  isSkipped: boolean
  state: StepState
  /** What it left; deferred members are left away. */
  output: JsonObject
  log: string[]
}

/** All that a template makes as far as it is known, computed without touching anything. */
export interface TemplateRun {
  /** Values with defaults filled in. */
  values: JsonObject
  workspace: Workspace
  /** In the order in which they are to be carried out. */
  effects: Effect[]
  steps: RanStep[]
  output: Record<string, Json>
  /** False while a member of the output waits for an effect. */
  isOutputWhole: boolean
  log: string[]
  /**
   * The step at which this run stopped since it needs what an effect will say. Carry out the effects, then run again with their outputs as
   * `resolved`: the same effects come first, with the same ids, and new ones after them.
   */
  held?: { step: string; effect: string; field: string }
  /** Revisions of the addresses that were read. */
  pins: Record<string, string>
}

/** A row for a step that did not run. */
export function stepRow(key: string, name: string, action: string, input: JsonObject, state: StepState): RanStep {
  return { id: key, key, name, action, input, isSkipped: state === 'skipped', state, output: {}, log: [] }
}

/** Backstage's rule for `if`: an empty list is false, everything else as JavaScript has it. */
export function isStepTruthy(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value)
}
