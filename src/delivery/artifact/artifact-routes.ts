import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import { artifactFaults } from './artifact-faults.ts'
import type { ArtifactService } from './artifact.ts'

const findingSchema = z.object({ tool: z.string(), count: z.number(), errors: z.number(), warnings: z.number(), notes: z.number() })

const artifactSchema = z.object({
  digest: z.string(),
  kind: z.enum(['app', 'package']),
  component: z.string(),
  repository: z.string(),
  commit: z.string(),
  ref: z.string(),
  workflow: z.string(),
  runId: z.string(),
  sizeBytes: z.number(),
  createdAt: z.iso.datetime(),
  sbom: z.object({ components: z.number() }).nullable(),
  findings: z.array(findingSchema),
  provenance: z.object({
    isVerified: z.boolean(),
    reason: z.string(),
    failedStep: z.string().nullable(),
    builder: z.string().nullable(),
    keyId: z.string().nullable(),
  }),
})

/** `/api/v1/artifacts/{digest}` */
export function artifactRoutes(service: ArtifactService): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/artifacts/{digest}',
      operation: 'artifacts.get',
      summary: 'Read an artifact with its findings and the verdict on its provenance',
      tag: 'artifacts',
      permission: 'artifact:read',
      params: z.object({ digest: z.string() }),
      response: artifactSchema,
      errors: [artifactFaults.not_found],
      handle: async ({ params }) => {
        const artifact = await service.get(params.digest)
        const { isVerified, reason, failedStep, builder, keyId } = await service.verify(params.digest)
        return { ...artifact, createdAt: artifact.createdAt.toISOString(), provenance: { isVerified, reason, failedStep, builder, keyId } }
      },
    }),
  ]
}
