import type { JsonObject } from '#kernel/common/json'
import { bindText, bindVariables } from '#provisioning/resource'
import { parseCron, type JobSchedule, type WorkloadSpec } from '#runtime/runtime'
import type { DeployableRelease } from './ports.ts'
import { cpuMillicoresOf, memoryBytesOf, type Score, type ScoreContainer } from './score/index.ts'

/** Annotation of a Score file's metadata that asks for a number of replicas. */
const REPLICAS_ANNOTATION = 'fairway.dev/replicas'
/** Annotations of a workload that runs at the times of a cron expression, and how long a run may take. */
const SCHEDULE_ANNOTATION = 'fairway.dev/schedule'
const TIMEOUT_ANNOTATION = 'fairway.dev/schedule-timeout-seconds'
const DEFAULT_TIMEOUT_SECONDS = 3_600
const STOP_GRACE_SECONDS = 10

export interface RenderRequest {
  score: Score
  release: Pick<DeployableRelease, 'id' | 'version' | 'digest'>
  component: string
  environment: string
  owner: string
  /** What each resource gives, by its name; a secret is `{ secretPath }`. */
  outputs: Readonly<Record<string, JsonObject>>
}

export type Rendering = { outcome: 'rendered'; spec: WorkloadSpec } | { outcome: 'unsupported'; problems: { field: string; message: string }[] }

/**
 * Turns a Score workload into what the process runtime starts. Pure. What the runtime can't do is said, never left out: a problem per field.
 */
export function renderWorkload(request: RenderRequest): Rendering {
  const { score, release } = request
  const problems = unsupportedOf(score)
  const [name, container] = Object.entries(score.containers)[0] ?? []
  if (name === undefined || !container) return { outcome: 'unsupported', problems: [{ field: 'containers', message: 'there is no container' }] }
  const at = `containers.${name}`
  const scope = { metadata: score.metadata as JsonObject, resources: request.outputs }
  const variables = bindVariables(container.variables ?? {}, scope, `${at}.variables`)
  problems.push(...variables.problems)
  const volumes = volumesOf(container).map(({ target, source }) => {
    const { bound, problems: found } = bindText(source, scope)
    problems.push(...found.map((message) => ({ field: `${at}.volumes.${target}`, message })))
    if (!('value' in bound))
      problems.push({ field: `${at}.volumes.${target}`, message: `"${source}" is no volume: write \${resources.<name>} of a resource of type volume` })
    return { mountPath: target, volumeId: 'value' in bound ? bound.value : '' }
  })
  const command = [...(container.command ?? []), ...(container.args ?? [])]
  if (command.length === 0) problems.push({ field: `${at}.command`, message: 'say which program to start, such as ["node", "server.js"]' })
  const replicas = replicasOf(score)
  if (replicas === undefined) problems.push({ field: `metadata.annotations.${REPLICAS_ANNOTATION}`, message: 'a whole number from 0 to 100' })
  const { schedule, problems: badSchedule } = scheduleOf(score)
  problems.push(...badSchedule)
  if (problems.length > 0) return { outcome: 'unsupported', problems }

  const limits = container.resources?.limits ?? {}
  const ready = container.readinessProbe?.httpGet
  const live = container.livenessProbe?.httpGet
  const port = portOf(score)
  return {
    outcome: 'rendered',
    spec: {
      ref: { component: request.component, environment: request.environment, release: release.id },
      artifactDigest: release.digest,
      command,
      environment: variables.environment,
      ...(schedule === undefined ? {} : { schedule }),
      ...(port === undefined ? {} : { port }),
      replicas: replicas ?? 1,
      ...(ready ? { readiness: { path: ready.path, ...(ready.port === port ? {} : { port: ready.port }) } } : {}),
      ...(live ? { liveness: { path: live.path } } : {}),
      volumes,
      limits: {
        ...(limits.cpu === undefined ? {} : { cpuMillicores: cpuMillicoresOf(limits.cpu) }),
        ...(limits.memory === undefined ? {} : { memoryBytes: memoryBytesOf(limits.memory) }),
      },
      stopGraceSeconds: STOP_GRACE_SECONDS,
      labels: { version: release.version, owner: request.owner },
    },
  }
}

/** The port that requests go to: the container's side of the first one published. */
export function portOf(score: Score): number | undefined {
  const [first] = Object.values(score.service?.ports ?? {})
  return first?.targetPort ?? first?.port
}

function replicasOf(score: Score): number | undefined {
  const wanted = score.metadata.annotations?.[REPLICAS_ANNOTATION]
  if (wanted === undefined) return 1
  return /^\d{1,3}$/.test(wanted) && Number(wanted) <= 100 ? Number(wanted) : undefined
}

/** When it runs, if it is no service. A scheduled workload has nothing that serves: what makes no sense of it is told, never left out. */
function scheduleOf(score: Score): { schedule?: JobSchedule; problems: { field: string; message: string }[] } {
  const annotations = score.metadata.annotations ?? {}
  const text = annotations[SCHEDULE_ANNOTATION]
  const limit = annotations[TIMEOUT_ANNOTATION]
  const problems: { field: string; message: string }[] = []
  const add = (field: string, message: string): void => void problems.push({ field, message })
  if (text === undefined) {
    if (limit !== undefined) add(`metadata.annotations.${TIMEOUT_ANNOTATION}`, `it belongs to ${SCHEDULE_ANNOTATION}, which is not there`)
    return { problems }
  }
  const { problem } = parseCron(text)
  if (problem !== undefined) add(`metadata.annotations.${SCHEDULE_ANNOTATION}`, problem)
  const timeoutSeconds = limit === undefined ? DEFAULT_TIMEOUT_SECONDS : Number(limit)
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > 86_400)
    add(`metadata.annotations.${TIMEOUT_ANNOTATION}`, 'a whole number of seconds from 1 to 86400')
  if (Object.keys(score.service?.ports ?? {}).length > 0) add('service.ports', 'a scheduled workload serves nothing between its runs: leave its ports out')
  if (!['0', '1', undefined].includes(annotations[REPLICAS_ANNOTATION]))
    add(`metadata.annotations.${REPLICAS_ANNOTATION}`, 'a scheduled workload runs once for each time: 0 or 1')
  for (const [name, container] of Object.entries(score.containers))
    for (const key of ['livenessProbe', 'readinessProbe'] as const)
      if (container[key]) add(`containers.${name}.${key}`, 'a scheduled workload is judged by how its runs end: leave its probes out')
  return { schedule: { cron: text, timeoutSeconds }, problems }
}

function unsupportedOf(score: Score): { field: string; message: string }[] {
  const names = Object.keys(score.containers)
  const problems =
    names.length > 1 ? [{ field: 'containers', message: `the process runtime runs one container, and there are ${names.length}: ${names.join(', ')}` }] : []
  const ports = Object.entries(score.service?.ports ?? {})
  for (const [name, port] of ports)
    if (port.protocol === 'UDP') problems.push({ field: `service.ports.${name}.protocol`, message: 'the process runtime serves TCP only' })
  for (const [name, container] of Object.entries(score.containers)) {
    if (container.files !== undefined && Object.keys(container.files).length > 0)
      problems.push({ field: `containers.${name}.files`, message: 'the process runtime has no files of its own per workload: put them into the repository' })
    for (const key of ['livenessProbe', 'readinessProbe'] as const)
      if (container[key] && !container[key].httpGet) problems.push({ field: `containers.${name}.${key}`, message: 'the process runtime asks by httpGet only' })
  }
  return problems
}

function volumesOf(container: ScoreContainer): { target: string; source: string }[] {
  const { volumes } = container
  if (volumes === undefined) return []
  if (Array.isArray(volumes)) return volumes.map(({ target, source }) => ({ target, source }))
  return Object.entries(volumes).map(([target, { source }]) => ({ target, source }))
}
