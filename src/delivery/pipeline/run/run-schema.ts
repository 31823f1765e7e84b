import { z } from 'zod'

const state = z.enum(['queued', 'running', 'completed'])
const conclusion = z.enum(['success', 'failure', 'cancelled', 'skipped', 'timed_out']).nullable()
const instant = z.string().nullable()

const annotation = z.object({
  level: z.enum(['error', 'warning', 'notice']),
  message: z.string(),
  file: z.string().optional(),
  line: z.number().int().optional(),
})

const step = z.object({
  number: z.number().int(),
  name: z.string(),
  kind: z.enum(['run', 'action']),
  state,
  conclusion,
  startedAt: instant,
  finishedAt: instant,
  logFrom: z.number().int().nullable(),
  logTo: z.number().int().nullable(),
})

const job = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  needs: z.array(z.string()),
  state,
  conclusion,
  startedAt: instant,
  finishedAt: instant,
  matrix: z.record(z.string(), z.unknown()),
  steps: z.array(step),
  annotations: z.array(annotation),
})

/** A run on the wire. */
export const runSchema = z.object({
  id: z.string(),
  number: z.number().int(),
  attempt: z.number().int(),
  repository: z.string(),
  component: z.string().nullable(),
  workflow: z.string(),
  name: z.string(),
  event: z.string(),
  branch: z.string(),
  commit: z.string(),
  commitMessage: z.string(),
  actor: z.string(),
  state,
  conclusion,
  createdAt: z.string(),
  startedAt: instant,
  finishedAt: instant,
  annotations: z.array(annotation),
  jobs: z.array(job),
  artifacts: z.array(z.object({ name: z.string(), sizeBytes: z.number().int(), digest: z.string() })),
  release: z.string().nullable(),
})

/** A line of a log on the wire. */
export const logLineSchema = z.object({
  n: z.number().int(),
  at: z.string(),
  text: z.string(),
  group: z.enum(['start', 'end']).optional(),
  level: z.enum(['error', 'warning', 'notice', 'debug', 'command']).optional(),
})
