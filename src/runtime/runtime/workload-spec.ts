import { createHash } from 'node:crypto'
import { z } from 'zod'
import { pathText } from '#kernel/common/document'
import { canonicalJson } from '#kernel/common/json'
import { parseCron } from './cron.ts'
import { runtimeFaults } from './runtime-faults.ts'
import type { WorkloadRef, WorkloadSpec } from './runtime.ts'

const segment = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/, 'use a-z 0-9 . _ - and begin and end with a letter or digit')
  .max(128)
const secretPath = z.strictObject({ secretPath: z.string().min(1) })
const httpPath = z.string().startsWith('/')
const port = z.int().min(1).max(65_535)

const workloadRefSchema = z.strictObject({ component: segment, environment: segment, release: segment })

const schedule = z.strictObject({
  cron: z.string().superRefine((text, context) => {
    const { problem } = parseCron(text)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  }),
  timeoutSeconds: z.int().min(1).max(86_400),
})

/** A `WorkloadSpec` as it comes from a plan or a table. */
export const workloadSpecSchema = z.strictObject({
  ref: workloadRefSchema,
  artifactDigest: z.string().min(1),
  command: z
    .array(z.string())
    .min(1)
    .refine((command) => command[0] !== '', 'names no program'),
  environment: z.record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of an environment variable'),
    z.union([z.strictObject({ value: z.string() }), secretPath, z.strictObject({ text: z.array(z.union([z.string(), secretPath])) })]),
  ),
  schedule: schedule.optional(),
  port: port.optional(),
  replicas: z.int().min(0).max(100),
  readiness: z.strictObject({ path: httpPath, port: port.optional() }).optional(),
  liveness: z.strictObject({ path: httpPath }).optional(),
  volumes: z.array(z.strictObject({ mountPath: z.string().min(1), volumeId: z.string().min(1) })),
  limits: z.strictObject({ cpuMillicores: z.int().min(1).optional(), memoryBytes: z.int().min(1).optional() }),
  stopGraceSeconds: z.number().min(0).max(600),
  labels: z.strictObject({ version: z.string(), owner: z.string(), changeId: z.string().optional() }),
})

/** @throws `runtime.runtime.bad_spec` with every wrong field. */
export function parseWorkloadSpec(value: unknown): WorkloadSpec {
  const result = workloadSpecSchema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.map((issue) => ({ field: pathText(issue.path), message: issue.message }))
  const ref = (value as { ref?: Partial<WorkloadRef> } | null)?.ref
  const what = errors.map((error) => `${error.field}: ${error.message}`).join('; ')
  throw runtimeFaults.bad_spec({ workload: `${ref?.component}/${ref?.environment}/${ref?.release}`, what }, { errors })
}

/** `orders/production/rel_01k…`. */
export function workloadKey(ref: WorkloadRef): string {
  return `${ref.component}/${ref.environment}/${ref.release}`
}

/** The ref of a key, or undefined when `key` is none. */
export function parseWorkloadKey(key: string): WorkloadRef | undefined {
  const [component, environment, release, ...rest] = key.split('/')
  if (rest.length > 0) return undefined
  const result = workloadRefSchema.safeParse({ component, environment, release })
  return result.success ? result.data : undefined
}

/** Equal for specs that ask for the same, whichever change asked. Hex, 64 characters. */
export function fingerprintOf(spec: WorkloadSpec): string {
  return hash({ ...spec, labels: { ...spec.labels, changeId: undefined } })
}

/** Equal for specs whose replicas are the same: the number of replicas does not count. */
export function templateOf(spec: WorkloadSpec): string {
  return hash({ ...spec, replicas: 0, labels: { ...spec.labels, changeId: undefined } })
}

/** Every secret that a replica needs, each once. */
export function secretPathsOf(spec: WorkloadSpec): string[] {
  const paths = Object.values(spec.environment).flatMap((entry) => {
    if ('secretPath' in entry) return [entry.secretPath]
    if ('text' in entry) return entry.text.flatMap((part) => (typeof part === 'string' ? [] : [part.secretPath]))
    return []
  })
  return [...new Set(paths)]
}

function hash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}
