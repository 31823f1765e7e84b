import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '#kernel/common/clock'
import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import { Secret } from '#kernel/common/secret'
import type { Database } from '#kernel/node/database'
import { PROVISIONER, readDesired, readTarget, secretPathOf, type DesiredResource, type ResourceSecrets } from '#provisioning/resource'
import { parseModuleRelease } from './module-release.ts'
import { layOut, type RunFolder } from './run-folder.ts'
import { terraformFaults } from './terraform-faults.ts'
import { readTofuPlan } from './tofu-plan.ts'
import { beginRun, findLastRun, findRun, finishRun, forgetRuns } from './tofu-run-store.ts'
import { startSession, type StateAccess, type TofuSession } from './tofu-session.ts'

export interface TerraformDriverDeps {
  db: Database
  clock: Clock
  secrets: ResourceSecrets
  states: StateAccess
  /** Seals saved plans, which hold secrets in clear; the platform's keyring. */
  sealing: { seal(value: Uint8Array, context: string): Uint8Array; open(sealed: Uint8Array, context: string): Uint8Array }
  /** Puts the files of a module into an empty folder: `recipes/bucket` of the organisation's repository, or `release:bucket@v3` (see `parseModuleRelease`). */
  copyModule: (module: string, folder: string) => Promise<void>
  /** Path of the binary; see `findTofu`. */
  binary: () => Promise<string>
  /** Folder for runs, plans and plugins, e.g. `<data>/tofu`. */
  root: string
  /** What a child process may inherit. */
  inherited: Readonly<Record<string, string>>
}

/**
 * Runs a recipe's Terraform module by the real OpenTofu or Terraform, its state in our own backend.
 *
 * Recipe parameters: `module` (a folder of the organisation, or a release of a component), `variables`. The module gets those, the workload's params, and `component`,
 * `environment` and `name`; where two say the same name, the recipe wins. Every output of the module becomes a secret, so that
 * its value is in no plan or table. What was approved is what is applied: the saved plan, unless an earlier try under the same key
 * has moved the state already; then the same module is converged.
 */
export class TerraformDriver implements Driver {
  readonly name = 'terraform'
  readonly #deps: TerraformDriverDeps

  constructor(deps: TerraformDriverDeps) {
    this.#deps = deps
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const desired = readDesired(this.name, request.desired)
    const module = moduleOf(desired)
    return await this.#inSession(request.target, desired, async (session, run) => {
      const { exists, fingerprint } = await this.observe(request.target)
      const planFile = path.join(run.folder, 'fairway.tfplan')
      await session.run('plan', ['plan', '-input=false', '-no-color', '-json', '-detailed-exitcode', '-lock-timeout=30s', `-out=${planFile}`], {
        isJson: true,
        good: [0, 2],
      })
      const shown = await session.run('show', ['show', '-no-color', '-json', planFile])
      const plan = readTofuPlan(JSON.parse(shown.stdout) as JsonObject, exists)
      const planId = plan.verb === 'none' ? null : await this.#keepPlan(planFile)
      return {
        id: request.id,
        driver: this.name,
        verb: plan.verb === 'destroy' ? 'alter' : plan.verb,
        target: request.target,
        title: `Module "${module}" for ${desired.component} in ${desired.environment}: ${plan.summary}`,
        concern: 'data',
        changes: plan.changes,
        ...(plan.isDestructive ? { isDestructive: true } : {}),
        dependsOn: request.dependsOn ?? [],
        basis: fingerprint,
        input: { ...desired, moduleHash: run.moduleHash, planId, count: plan.count, outputs: outputsOf(desired, plan.outputs) },
      }
    })
  }

  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    const { target } = action
    if (action.verb === 'destroy') {
      await this.remove(target, context)
      return { outcome: 'done', message: `destroyed ${target}`, outputs: {} }
    }
    const { db, clock, states } = this.#deps
    const earlier = await findRun(db, context.key)
    if (earlier?.outputs) return { outcome: 'done', message: `${target} is applied`, outputs: earlier.outputs }
    // An earlier try that was cut off may still run somewhere: with its token ended it can write no more, and its lock is free.
    if (earlier?.credentialId) await states.close(earlier.credentialId)
    const isMoved = (await this.observe(target)).fingerprint !== action.basis
    if (isMoved && !earlier) throw driverFaults.stale({ target })
    const outputs = (action.input['outputs'] ?? {}) as JsonObject
    if (action.verb === 'none') return { outcome: 'done', message: 'nothing to do', outputs }
    const desired = readDesired(this.name, action.input)
    await this.#inSession(
      target,
      desired,
      async (session, run) => {
        if (run.moduleHash !== action.input['moduleHash']) throw driverFaults.stale({ target })
        const what = isMoved ? ['-auto-approve'] : [await this.#takePlan(target, action, run.folder)]
        await this.#applyIn(session, action, context, what)
        await this.#keepOutputs(session, desired)
      },
      (credentialId) => beginRun(db, { key: context.key, target, input: action.input, credentialId, at: clock.now() }),
    )
    await finishRun(db, context.key, outputs, clock.now())
    if (typeof action.input['planId'] === 'string') await rm(this.#planFile(action.input['planId']), { force: true })
    return { outcome: 'done', message: `${target} is applied`, outputs }
  }

  async observe(target: string): Promise<Observation> {
    const head = await this.#deps.states.head(target)
    return {
      exists: head !== undefined,
      fingerprint: head ? `${head.lineage ?? 'sealed'}:${head.serial ?? 0}` : 'absent',
      state: { serial: head?.serial ?? null },
    }
  }

  async remove(target: string, context: ApplyContext): Promise<void> {
    const { db, states, secrets } = this.#deps
    const resource = readTarget(this.name, target)
    const last = await findLastRun(db, target)
    if (last?.credentialId) await states.close(last.credentialId)
    if (await states.head(target)) {
      if (!last) throw terraformFaults.never_applied({ target })
      await this.#inSession(target, readDesired(this.name, last.input), async (session) => {
        const args = ['apply', '-destroy', '-auto-approve', '-input=false', '-no-color', '-json', '-lock-timeout=30s']
        await session.run('destroy', args, { isJson: true, signal: context.signal })
      })
      await states.remove(target)
    }
    for (const output of Object.keys((last?.input['outputs'] ?? {}) as JsonObject)) await secrets.remove(secretPathOf(resource, output), PROVISIONER)
    await forgetRuns(db, target)
  }

  async #applyIn(session: TofuSession, action: PlannedAction, context: ApplyContext, what: readonly string[]): Promise<void> {
    const total = Number(action.input['count'] ?? 0)
    let finished = 0
    let isStale = false
    const running = session.run('apply', ['apply', '-input=false', '-no-color', '-json', '-lock-timeout=30s', ...what], {
      isJson: true,
      signal: context.signal,
      onEvent: (event) => {
        // Somebody was faster than our own look at the state; the client saw it, and did nothing.
        if (event.kind === 'error' && event.summary === 'Saved plan is stale') isStale = true
        if (event.kind === 'error') return
        if (event.kind === 'finished') finished++
        const percent = total > 0 ? Math.min(99, Math.round((100 * finished) / total)) : undefined
        context.progress({ message: `${event.action} ${event.address}: ${event.kind}`, ...(percent === undefined ? {} : { percent }) })
      },
    })
    await running.catch((error: unknown) => {
      throw isStale ? driverFaults.stale({ target: action.target }) : error
    })
  }

  async #keepOutputs(session: TofuSession, desired: DesiredResource): Promise<void> {
    const { stdout } = await session.run('output', ['output', '-no-color', '-json'])
    for (const [name, { value }] of Object.entries(JSON.parse(stdout) as Record<string, { value: unknown }>))
      await this.#deps.secrets.write(secretPathOf(desired, name), new Secret(typeof value === 'string' ? value : JSON.stringify(value)), PROVISIONER)
  }

  /** Lays the module out, opens its state, initialises; whatever comes of it, the token ends and the folder goes. */
  async #inSession<T>(
    target: string,
    desired: DesiredResource,
    work: (session: TofuSession, run: RunFolder) => Promise<T>,
    onOpened?: (credentialId: string) => Promise<void>,
  ): Promise<T> {
    const { root, copyModule, states, inherited } = this.#deps
    const binary = await this.#deps.binary()
    await using run = await layOut({ root, module: moduleOf(desired), copyModule, variables: variablesOf(desired) })
    const state = await states.open(target)
    try {
      await onOpened?.(state.credentialId)
      const session = await startSession({ binary, target, folder: run.folder, root, inherited, state })
      return await work(session, run)
    } finally {
      await states.close(state.credentialId)
    }
  }

  #planFile(planId: string): string {
    return path.join(this.#deps.root, 'plans', `${path.basename(planId)}.sealed`)
  }

  async #keepPlan(file: string): Promise<string> {
    const planId = randomUUID()
    await mkdir(path.join(this.#deps.root, 'plans'), { recursive: true, mode: 0o700 })
    await writeFile(this.#planFile(planId), this.#deps.sealing.seal(await readFile(file), `plan/${planId}`), { mode: 0o600, flag: 'wx' })
    return planId
  }

  /** The saved plan, opened into the run's folder. One that is gone can't be applied any more. @throws `kernel.driver.stale`. */
  async #takePlan(target: string, action: PlannedAction, folder: string): Promise<string> {
    const { planId } = action.input
    const sealed = typeof planId === 'string' ? await readFile(this.#planFile(planId)).catch(() => undefined) : undefined
    if (typeof planId !== 'string' || !sealed) throw driverFaults.stale({ target })
    const file = path.join(folder, 'fairway.tfplan')
    await writeFile(file, this.#deps.sealing.open(sealed, `plan/${planId}`), { mode: 0o600 })
    return file
  }
}

function moduleOf(desired: DesiredResource): string {
  const { module } = desired.parameters
  if (typeof module === 'string' && (/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(module) || parseModuleRelease(module))) return module
  throw driverFaults.bad_input({
    driver: 'terraform',
    what: `recipe "${desired.recipe}" has no good parameters.module: name a folder of the organisation, e.g. "recipes/bucket", or a release, e.g. "release:bucket@v3"`,
  })
}

function variablesOf(desired: DesiredResource): JsonObject {
  const own = desired.parameters['variables'] ?? {}
  const { component, environment, name } = desired
  return { ...desired.params, component, environment, name, ...(typeof own === 'object' && !Array.isArray(own) ? (own as JsonObject) : {}) }
}

function outputsOf(desired: DesiredResource, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, { secretPath: secretPathOf(desired, name) }]))
}
