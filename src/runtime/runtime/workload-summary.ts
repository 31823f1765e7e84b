import type { InstanceStatus, WorkloadRef, WorkloadSpec, WorkloadState, WorkloadStatus } from './runtime.ts'
import { fingerprintOf } from './workload-spec.ts'

/** What is known of one replica. `isCurrent` is false for one that a successor is about to replace. */
export interface Replica extends InstanceStatus {
  isCurrent: boolean
}

/** State and message of a workload from its replicas. Pure. */
export function summarize(desiredReplicas: number, replicas: readonly Replica[]): { state: WorkloadState; readyReplicas: number; message: string } {
  const ready = replicas.filter((replica) => replica.state === 'ready')
  const current = ready.filter((replica) => replica.isCurrent)
  const troubled = replicas.filter(
    (replica) => replica.isCurrent && (replica.state === 'backing-off' || (replica.state !== 'ready' && replica.lastExit !== undefined)),
  )
  const lost = replicas.some((replica) => replica.state === 'unready')
  const readyReplicas = Math.min(ready.length, desiredReplicas)
  const why = troubled.find((replica) => replica.lastExit !== undefined)?.lastExit ?? replicas.find((replica) => replica.waitingFor !== undefined)?.waitingFor
  const counted = `${readyReplicas} of ${desiredReplicas} ready`
  const replacing = ready.length > current.length ? ', replacing the old ones' : ''
  const message = `${counted}${replacing}${why === undefined ? '' : `: ${why}`}`
  if (current.length >= desiredReplicas && replicas.every((replica) => replica.isCurrent)) return { state: 'ready', readyReplicas, message: counted }
  if (ready.length > 0) return { state: troubled.length > 0 || lost ? 'degraded' : replacing === '' ? 'starting' : 'degraded', readyReplicas, message }
  return { state: troubled.length > 0 || lost ? 'failed' : 'starting', readyReplicas, message }
}

/** Status of a workload that nobody has heard of. */
export function absentStatus(ref: WorkloadRef): WorkloadStatus {
  return { ref, version: '', state: 'absent', desiredReplicas: 0, readyReplicas: 0, message: 'absent', fingerprint: '', instances: [] }
}

/** Status of a workload that was told to stop and has. */
export function stoppedStatus(spec: WorkloadSpec): WorkloadStatus {
  return {
    ref: spec.ref,
    version: spec.labels.version,
    state: 'stopped',
    desiredReplicas: spec.replicas,
    readyReplicas: 0,
    message: 'stopped',
    fingerprint: fingerprintOf(spec),
    instances: [],
  }
}
