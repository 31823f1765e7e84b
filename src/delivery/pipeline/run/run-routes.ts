import { z } from 'zod'
import { jsonRoute, type ResourceRef, type Route } from '#kernel/node/http'
import type { Database } from '#kernel/node/database'
import type { ArtifactStore } from '../action/artifact-store.ts'
import type { FairwayPipelineEngine } from '../fairway-pipeline-engine.ts'
import { pipelineFaults } from '../pipeline-faults.ts'
import type { PipelineSource } from '../pipeline-source.ts'
import { artifactRoute, logStreamRoute } from './run-raw-routes.ts'
import { logLineSchema, runSchema } from './run-schema.ts'
import { listRunIds, loadRuns } from './run-store.ts'
import type { Run } from './run.ts'

const tag = 'Pipelines'
const id = z.object({ id: z.string().min(1) })
const none = [pipelineFaults.not_found]
const wire = (run: Run): z.infer<typeof runSchema> => structuredClone(run) as z.infer<typeof runSchema>

/** Routes of runs, logs and artifacts. */
export function runRoutes(deps: { db: Database; engine: FairwayPipelineEngine; source: PipelineSource; artifacts: ArtifactStore }): Route[] {
  const { engine } = deps
  // A run belongs to whoever owns what its repository builds.
  const ofRun = async ({ params }: { params: { id: string } }): Promise<ResourceRef> => ({ type: 'Repository', id: (await engine.get(params.id)).repository })
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/runs',
      operation: 'runs.list',
      summary: 'List pipeline runs, the newest first',
      tag,
      permission: 'run:read',
      query: z.object({
        repository: z.string().optional(),
        component: z.string().optional(),
        branch: z.string().optional(),
        commit: z
          .string()
          .regex(/^[0-9a-f]{40}$/)
          .optional(),
        state: z.enum(['queued', 'running', 'completed']).optional(),
        cursor: z
          .string()
          .regex(/^run_[0-9a-z]+$/)
          .optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      response: z.object({ items: z.array(runSchema), nextCursor: z.string().nullable() }),
      handle: async ({ query }) => {
        const { cursor, limit, ...filter } = query
        const ids = await listRunIds(deps.db, { ...filter, before: cursor, limit: limit + 1 })
        const items = await loadRuns(deps.db, ids.slice(0, limit))
        return { items: items.map(wire), nextCursor: ids.length > limit ? (ids[limit - 1] ?? null) : null }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/runs/{id}',
      operation: 'runs.get',
      summary: 'Get a pipeline run with its jobs, steps and artifacts',
      tag,
      permission: 'run:read',
      params: id,
      response: runSchema,
      errors: none,
      handle: async ({ params }) => wire(await engine.get(params.id)),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/runs',
      operation: 'runs.create',
      summary: 'Start a workflow that has workflow_dispatch',
      tag,
      permission: 'run:create',
      body: z.strictObject({
        repository: z.string().min(1),
        workflow: z.string().min(1).describe('Path or file name, e.g. ci.yml'),
        ref: z.string().min(1).describe('Branch, tag or commit').optional(),
        inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
      }),
      response: runSchema,
      status: 202,
      errors: [pipelineFaults.unknown_source, pipelineFaults.not_triggered, pipelineFaults.wrong_inputs],
      resource: ({ body }) => ({ type: 'Repository', id: body.repository }),
      handle: async ({ body, caller, idempotencyKey }) => {
        const described = await deps.source.describe(body.repository)
        const wanted = body.ref ?? described?.defaultBranch ?? 'main'
        const resolved = described && (await deps.source.resolve(body.repository, wanted))
        if (!resolved) throw pipelineFaults.unknown_source({ repository: body.repository, what: described ? `"${wanted}"` : 'the repository' })
        const key = idempotencyKey === undefined ? {} : { idempotencyKey: `dispatch:${caller.principal}:${idempotencyKey}` }
        const request = {
          repository: body.repository,
          commit: resolved.sha,
          ref: resolved.ref,
          event: 'workflow_dispatch' as const,
          workflowFile: body.workflow,
          actor: caller.principal,
          inputs: body.inputs,
          ...key,
        }
        return wire(await engine.start(request))
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/runs/{id}/cancel',
      operation: 'runs.cancel',
      summary: 'Ask a run to stop',
      tag,
      permission: 'run:cancel',
      params: id,
      response: runSchema,
      status: 202,
      errors: [...none, pipelineFaults.not_active],
      resource: ofRun,
      handle: async ({ params, caller }) => wire(await engine.cancel(params.id, caller.principal)),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/runs/{id}/rerun',
      operation: 'runs.rerun',
      summary: 'Run a completed run again as its next attempt',
      tag,
      permission: 'run:create',
      params: id,
      query: z.object({ onlyFailed: z.stringbool().default(false) }),
      response: runSchema,
      status: 202,
      errors: [...none, pipelineFaults.still_active, pipelineFaults.invalid_workflow],
      resource: ofRun,
      handle: async ({ params, query, caller }) => wire(await engine.rerun(params.id, caller.principal, query)),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/runs/{id}/jobs/{job}/log',
      operation: 'runs.log',
      summary: "Read a page of a job's log",
      tag,
      permission: 'run:read',
      params: z.object({ id: z.string().min(1), job: z.string().min(1) }),
      query: z.object({ from: z.coerce.number().int().min(1).default(1), limit: z.coerce.number().int().min(1).max(5_000).default(1_000) }),
      response: z.object({ lines: z.array(logLineSchema), nextFrom: z.number().int(), isComplete: z.boolean() }),
      errors: [...none, pipelineFaults.job_not_found],
      handle: async ({ params, query }) => await engine.logs(params.id, params.job, query),
    }),
    logStreamRoute(engine),
    artifactRoute(deps.artifacts),
  ]
}
