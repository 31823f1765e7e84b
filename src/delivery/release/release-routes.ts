import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import { releaseFaults } from './release-faults.ts'
import type { Release, ReleaseService } from './release.ts'

const releaseSchema = z.object({
  id: z.string(),
  component: z.string(),
  version: z.number().int(),
  digest: z.string(),
  commit: z.string(),
  commitMessage: z.string(),
  repository: z.string(),
  runId: z.string(),
  kind: z.enum(['app', 'package']),
  score: z.record(z.string(), z.json()),
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  quarantine: z.object({ reason: z.string(), at: z.iso.datetime(), by: z.string() }).nullable(),
})

/** A release as the API shows it. */
function shownRelease(release: Release): z.infer<typeof releaseSchema> {
  const { scoreText: _, createdAt, quarantine, score, ...rest } = release
  return {
    ...rest,
    score: score as z.infer<typeof releaseSchema>['score'],
    createdAt: createdAt.toISOString(),
    quarantine: quarantine && { reason: quarantine.reason, at: quarantine.at.toISOString(), by: quarantine.by },
  }
}

/** `/api/v1/releases…` */
export function releaseRoutes(service: ReleaseService): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/releases',
      operation: 'releases.list',
      summary: 'List releases, newest first',
      tag: 'releases',
      permission: 'release:read',
      query: z.object({ component: z.string().optional(), limit: z.coerce.number().int().min(1).max(200).default(50), cursor: z.string().optional() }),
      response: z.object({ items: z.array(releaseSchema), nextCursor: z.string().nullable() }),
      errors: [releaseFaults.bad_cursor],
      handle: async ({ query }) => {
        const page = await service.list(query)
        return { items: page.items.map(shownRelease), nextCursor: page.nextCursor }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/releases/{id}',
      operation: 'releases.get',
      summary: 'Read a release',
      tag: 'releases',
      permission: 'release:read',
      params: z.object({ id: z.string() }),
      response: releaseSchema,
      errors: [releaseFaults.not_found],
      handle: async ({ params }) => shownRelease(await service.get(params.id)),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/releases',
      operation: 'releases.create',
      summary: 'Make a release of what a run published',
      tag: 'releases',
      permission: 'release:create',
      status: 201,
      body: z.strictObject({ component: z.string().min(1), runId: z.string().min(1) }),
      response: releaseSchema,
      errors: [releaseFaults.no_artifact, releaseFaults.bad_score],
      resource: ({ body }) => ({ type: 'Component', id: body.component }),
      handle: async ({ body, caller }) => shownRelease(await service.createOfRun({ ...body, createdBy: caller.principal })),
    }),
  ]
}
