import { z } from 'zod'
import type { Clock } from '#kernel/common/clock'
import type { Driver, Outcome } from '#kernel/common/driver'
import { fingerprintOf, workloadSpecSchema, type LogLine, type Runtime, type WorkloadSpec, type WorkloadStatus } from '#runtime/runtime'
import { parseInput, plannedAction } from './driver-input.ts'
import type { Effects } from './effect-store.ts'
import { workloadTarget } from './workload-target.ts'

const inputSchema = z.strictObject({ spec: workloadSpecSchema, readyTimeoutSeconds: z.number().positive().max(3_600) })

const POLL_MS = 100
const LAST_LINES = 10

/**
 * Driver `workload`: a release runs and is ready. Input `{ spec, readyTimeoutSeconds }`, target `orders/production/rel_01k…`. What does not get ready
 * in time is refused with the cause and its last words; it is left to the plan's rollback. After a crash the time for getting ready counts anew, as the
 * replicas that were started go on starting.
 */
export function workloadDriver(deps: { runtime: Runtime; clock: Clock; effects: Effects }): Driver {
  const { runtime, clock } = deps
  return {
    name: 'workload',
    plan: async (request) => {
      const { spec } = parseInput('workload', inputSchema, request.desired)
      const status = await runtime.status(spec.ref)
      const isNew = status.state === 'absent' || status.state === 'stopped'
      const verb = isNew ? 'create' : status.fingerprint === fingerprintOf(spec) && status.state === 'ready' ? 'none' : 'alter'
      const what = `${spec.ref.component} v${spec.labels.version} in ${spec.ref.environment}`
      const title = { create: `Start ${what}`, alter: `Change ${what}`, none: `${what} runs` }[verb]
      const changes =
        isNew || status.desiredReplicas !== spec.replicas
          ? [{ path: 'replicas', ...(isNew ? {} : { before: status.desiredReplicas }), after: spec.replicas }]
          : []
      return plannedAction('workload', request, { verb, title, concern: 'code', changes, basis: basisOf(status) })
    },
    apply: async (action, context) => {
      const { spec, readyTimeoutSeconds } = parseInput('workload', inputSchema, action.input)
      await deps.effects.begin(action, context, basisOf(await runtime.status(spec.ref)))
      await runtime.ensure(spec)
      const deadline = clock.now().getTime() + readyTimeoutSeconds * 1_000
      let shown = ''
      for (;;) {
        const status = await runtime.status(spec.ref)
        if (status.state === 'ready' && status.fingerprint === fingerprintOf(spec)) return doneOutcome(spec)
        const progress = `${status.readyReplicas} of ${spec.replicas} ready`
        if (progress !== shown) context.progress({ message: progress, percent: Math.round((status.readyReplicas / Math.max(1, spec.replicas)) * 100) })
        shown = progress
        if (clock.now().getTime() >= deadline) return await refusedOutcome(runtime, spec, status, readyTimeoutSeconds)
        await clock.sleep(POLL_MS, context.signal)
      }
    },
    ...workloadTarget(runtime),
  }
}

/** A stopped workload is as good as absent: starting it is the same deed. */
function basisOf(status: WorkloadStatus): string {
  return status.state === 'absent' || status.state === 'stopped' ? '' : status.fingerprint
}

function doneOutcome(spec: WorkloadSpec): Outcome {
  const { ref, replicas, labels } = spec
  return { outcome: 'done', message: `${replicas} of ${replicas} ready`, outputs: { ...ref, version: labels.version, replicas } }
}

async function refusedOutcome(runtime: Runtime, spec: WorkloadSpec, status: WorkloadStatus, seconds: number): Promise<Outcome> {
  const newest = status.instances.toReversed()
  const cause =
    newest.find((instance) => instance.lastExit !== undefined)?.lastExit ??
    newest.find((instance) => instance.waitingFor !== undefined)?.waitingFor ??
    status.message
  const counted = spec.replicas > 1 ? ` (${status.readyReplicas} of ${spec.replicas} ready)` : ''
  const ids = new Set(status.instances.filter((instance) => instance.state !== 'ready').map((instance) => instance.id))
  const lines = (await lastLines(runtime, spec)).filter((line) => ids.has(line.instance)).slice(-LAST_LINES)
  const words = lines.map((line) => `\n  ${line.line.slice(0, 500)}`).join('')
  return { outcome: 'refused', reason: 'not_ready', message: `not ready after ${seconds} s${counted}: ${cause}${words}` }
}

async function lastLines(runtime: Runtime, spec: WorkloadSpec): Promise<LogLine[]> {
  return await Array.fromAsync(runtime.logs(spec.ref, { tailLines: 50 })).catch(() => []) // the cause stands without them
}
