import { z } from 'zod'

/**
 * The closed schema of `score.dev/v1b1` (score-spec/spec, score-v1b1.json), field by field, with messages that say what would be right.
 * Unknown fields are faults, except below `metadata` and `params`, where the specification leaves them free.
 */
const label = (what: string): z.ZodString =>
  z
    .string({ error: `${what} is a text` })
    .min(2, `${what} has at least 2 characters`)
    .max(63, `${what} has at most 63 characters`)
    .regex(/^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$/, `${what} is a-z, 0-9 and -, and neither starts nor ends with -`)
const typeName = z
  .string({ error: 'give a text here' })
  .min(2)
  .max(63)
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]$/, 'use letters, digits and -, neither first nor last')
const annotationKey = z
  .string()
  .min(2)
  .max(316)
  .regex(
    /^(([a-z0-9][a-z0-9-]{0,61}[a-z0-9])(\.[a-z0-9][a-z0-9-]{0,61}[a-z0-9])*\/)?[A-Za-z0-9][A-Za-z0-9._-]{0,61}[A-Za-z0-9]$/,
    'an annotation is [domain/]name of letters, digits and . _ -',
  )
const annotations = z.record(annotationKey, z.string({ error: 'an annotation is a text: put numbers and true or false in quotes' }))
const port = z.int({ error: 'a port is a whole number' }).min(1, 'a port is 1 to 65535').max(65_535, 'a port is 1 to 65535')
const texts = z.array(z.string({ error: 'give a text here; put numbers in quotes' }), { error: 'give a list of texts' })

const quantities = z.strictObject({
  cpu: z
    .string({ error: 'a text such as "100m" or "0.5"' })
    .regex(/^\d+(?:m|\.\d+)?$/, 'CPUs, such as "2", "0.5" or "125m"')
    .optional(),
  memory: z
    .string({ error: 'a text such as "128Mi"' })
    .regex(/^(0\.\d+|[1-9]\d*(\.\d+)?)(K|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/, 'bytes with a unit, such as "128M" or "1.5Gi"')
    .optional(),
})
const httpGet = z.strictObject({
  host: z.string().min(1).optional(),
  scheme: z.enum(['HTTP', 'HTTPS'], { error: 'HTTP or HTTPS' }).optional(),
  path: z.string({ error: 'give the path to ask for' }),
  port,
  httpHeaders: z
    .array(z.strictObject({ name: z.string().regex(/^[A-Za-z0-9_-]+$/, 'a header name is letters, digits, _ and -'), value: z.string().min(1) }))
    .optional(),
})
const probe = z
  .strictObject({ httpGet: httpGet.optional(), exec: z.strictObject({ command: texts }).optional() })
  .refine((value) => value.httpGet !== undefined || value.exec !== undefined, 'give httpGet or exec')

const fileFields = {
  mode: z
    .string({ error: 'a text such as "0644"' })
    .regex(/^0?[0-7]{3}$/, 'octal, such as "0644"')
    .optional(),
  source: z.string().min(1).optional(),
  content: z.string().optional(),
  binaryContent: z.string().optional(),
  noExpand: z.boolean().optional(),
}
const hasOneSource = (file: { source?: unknown; content?: unknown; binaryContent?: unknown }): boolean =>
  [file.source, file.content, file.binaryContent].filter((value) => value !== undefined).length === 1
const ONE_SOURCE = 'give one of source, content and binaryContent'
const files = z.union(
  [
    z.record(z.string().min(1), z.strictObject(fileFields).refine(hasOneSource, ONE_SOURCE)),
    z.array(z.strictObject({ ...fileFields, target: z.string().min(1) }).refine(hasOneSource, ONE_SOURCE)),
  ],
  { error: `a map of target paths to files: ${ONE_SOURCE}` },
)
const volumeFields = { source: z.string({ error: 'give a volume, such as ${resources.data}' }), path: z.string().optional(), readOnly: z.boolean().optional() }
const volumes = z.union([z.record(z.string().min(1), z.strictObject(volumeFields)), z.array(z.strictObject({ ...volumeFields, target: z.string() }))], {
  error: 'a map of target paths to volumes, each with a source',
})

const container = z.strictObject({
  image: z.string({ error: 'give an image, or "." for the one that is built from this repository' }).min(1, 'must not be empty'),
  command: texts.optional(),
  args: texts.optional(),
  variables: z
    .record(
      z
        .string()
        .min(1)
        .regex(/^[^=]+$/, 'the name of a variable has no ='),
      z.string({ error: 'a variable is a text: put numbers and true or false in quotes' }),
    )
    .optional(),
  files: files.optional(),
  volumes: volumes.optional(),
  before: z.record(label('a container name'), z.strictObject({ ready: z.enum(['started', 'healthy', 'complete']) })).optional(),
  resources: z.strictObject({ limits: quantities.optional(), requests: quantities.optional() }).optional(),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
})

const resource = z.strictObject({
  type: typeName,
  class: typeName.optional(),
  id: z
    .string()
    .min(2)
    .max(63)
    .regex(/^[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)*$/, 'labels of a-z, 0-9 and -, with . between them')
    .optional(),
  metadata: z.looseObject({ annotations: annotations.optional() }).optional(),
  params: z.record(z.string(), z.json()).optional(),
})

export const scoreSchema = z.strictObject({
  apiVersion: z.literal('score.dev/v1b1', { error: 'must be score.dev/v1b1' }),
  metadata: z.looseObject({ name: label('the name'), annotations: annotations.optional() }, { error: 'give an object with a name' }),
  service: z
    .strictObject({
      ports: z
        .record(
          label('a port name'),
          z.strictObject({ port, protocol: z.enum(['TCP', 'UDP'], { error: 'TCP or UDP' }).optional(), targetPort: port.optional() }),
        )
        .optional(),
    })
    .optional(),
  containers: z
    .record(label('a container name'), container, { error: 'give a map of containers' })
    .refine((value) => Object.keys(value).length > 0, 'give at least one container'),
  resources: z.record(label('a resource name'), resource).optional(),
})

/** A workload as its team describes it. */
export type Score = z.infer<typeof scoreSchema>
export type ScoreContainer = Score['containers'][string]
