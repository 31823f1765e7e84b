import type { FieldChange } from '#kernel/common/driver'
import { canonicalJson, type Json } from '#kernel/common/json'
import type { EnvironmentValue, WorkloadSpec } from '#runtime/runtime'

/**
 * What a new workload has that the one before had not, field by field, in a fixed order. A variable that comes from a secret shows its name,
 * never where it leads. Without one before, everything is new.
 */
export function diffWorkloads(before: WorkloadSpec | undefined, after: WorkloadSpec): FieldChange[] {
  const fields: [string, Json | undefined, Json | undefined][] = [
    ['version', before?.labels.version, after.labels.version],
    ['digest', before?.artifactDigest, after.artifactDigest],
    ['command', before && [...before.command], [...after.command]],
    ['schedule', before?.schedule?.cron, after.schedule?.cron],
    ['schedule.timeoutSeconds', before?.schedule?.timeoutSeconds, after.schedule?.timeoutSeconds],
    ['port', before?.port, after.port],
    ['replicas', before?.replicas, after.replicas],
    ['readiness', before && probe(before.readiness), probe(after.readiness)],
    ['liveness', before && probe(before.liveness), probe(after.liveness)],
    ['limits.cpuMillicores', before?.limits.cpuMillicores, after.limits.cpuMillicores],
    ['limits.memoryBytes', before?.limits.memoryBytes, after.limits.memoryBytes],
    ['volumes', before && before.volumes.map((volume) => volume.mountPath), after.volumes.map((volume) => volume.mountPath)],
  ]
  const changes = fields.filter(([, old, now]) => !isSame(old, now)).map(([path, old, now]) => change(path, old, now))
  return [...changes.filter((one) => !isEmptyChange(one)), ...diffVariables(before?.environment ?? {}, after.environment)]
}

function diffVariables(before: WorkloadSpec['environment'], after: WorkloadSpec['environment']): FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names
    .filter((name) => !isSame(before[name] as Json | undefined, after[name] as Json | undefined))
    .map((name) => {
      const [old, now] = [before[name], after[name]]
      const path = `environment.${name}`
      if (isSecret(old) || isSecret(now)) return { path, isSensitive: true }
      return change(path, old && 'value' in old ? old.value : undefined, now && 'value' in now ? now.value : undefined)
    })
}

function isSecret(value: EnvironmentValue | undefined): boolean {
  return value !== undefined && !('value' in value)
}

function probe(value: { path: string; port?: number | undefined } | undefined): Json | undefined {
  return value === undefined ? undefined : `GET ${value.path}`
}

function change(path: string, before: Json | undefined, after: Json | undefined): FieldChange {
  return { path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }
}

function isEmptyChange({ before, after }: FieldChange): boolean {
  const isEmpty = (value: Json | undefined): boolean => value === undefined || (Array.isArray(value) && value.length === 0)
  return isEmpty(before) && isEmpty(after)
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null)
}
