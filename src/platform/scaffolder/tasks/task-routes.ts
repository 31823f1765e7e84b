import { z } from 'zod'
import { jsonRoute, rawRoute, type Caller, type Route } from '#kernel/node/http'
import { changeFaults, changeSchema, viewChange } from '#platform/change'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { outputOf } from './task-events.ts'
import type { TaskService, TaskView } from './task-service.ts'
import { TASK_STATUSES, type TaskStatus } from './task-status.ts'
import { openTaskStream, type TaskStreamDeps } from './task-stream.ts'

const json = z.record(z.string(), z.json())
const creationSchema = z
  .object({
    id: z.string(),
    /** The change that is its last attempt. */
    changeId: z.string(),
    attempts: z.array(z.string()),
    template: z.string(),
    title: z.string(),
    status: z.enum(TASK_STATUSES),
    createdBy: z.string(),
    createdAt: z.iso.datetime(),
    values: json,
    output: json,
    message: z.string(),
  })
  .meta({ id: 'Creation' })
const eventSchema = z.object({
  id: z.number().int(),
  taskId: z.string(),
  isTaskRecoverable: z.boolean(),
  type: z.enum(['log', 'completion', 'cancelled', 'recovered']),
  body: z.looseObject({ message: z.string(), stepId: z.string().optional(), status: z.enum(TASK_STATUSES).optional() }),
  createdAt: z.iso.datetime(),
})
const params = z.object({ id: z.string().min(1).max(64) })
const status = z.enum(TASK_STATUSES)
const again = z.strictObject({ secrets: z.record(z.string().max(200), z.string().max(20_000)).optional() })

/** Runs of golden paths: listed, followed, tried again, taken back. */
export function taskRoutes(deps: TaskStreamDeps & { tasks: TaskService }): Route[] {
  const { tasks } = deps
  const tag = 'Golden paths'
  const resource = async (input: { params: { id: string } }): ReturnType<TaskService['resourceOf']> => await tasks.resourceOf(input.params.id)
  const refusals = [scaffolderFaults.task_not_found, scaffolderFaults.not_retryable, scaffolderFaults.not_yours, scaffolderFaults.secrets_gone]
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/creations',
      operation: 'creations.list',
      summary: 'List runs of golden paths, newest first',
      tag,
      permission: 'change:read',
      query: z.object({
        createdBy: z.string().max(200).optional(),
        status: z.union([status, z.array(status)]).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
        offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
      }),
      response: z.object({ items: z.array(creationSchema), total: z.number().int() }),
      handle: async ({ query }) => {
        const { createdBy, limit, offset } = query
        const wanted: TaskStatus[] = query.status === undefined ? [] : [query.status].flat()
        const page = await tasks.list({ limit, offset, status: wanted, ...(createdBy === undefined ? {} : { createdBy: [createdBy] }) })
        return { items: page.items.map(viewCreation), total: page.total }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/creations/{id}',
      operation: 'creations.get',
      summary: 'Show a run of a golden path with its events',
      tag,
      permission: 'change:read',
      params,
      response: creationSchema.extend({ events: z.array(eventSchema) }),
      errors: [scaffolderFaults.task_not_found],
      handle: async ({ params: { id } }) => ({ ...viewCreation(await tasks.get(id)), events: (await tasks.events(id)).events }) as never,
    }),
    rawRoute({
      method: 'GET',
      path: '/api/v1/creations/{id}/events',
      operation: 'creations.events',
      summary: 'Follow a run of a golden path until it ends',
      tag,
      permission: 'change:read',
      errors: [scaffolderFaults.task_not_found],
      handle: async ({ params: { id = '' }, url, signal, caller }) => {
        const after = Number(url.searchParams.get('after') ?? NaN)
        return await openTaskStream(deps, id, { after: Number.isFinite(after) ? after : undefined, signal, caller: caller as Caller })
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/creations/{id}/retry',
      operation: 'creations.retry',
      summary: 'Try a run again that failed; what was done is kept',
      tag,
      permission: 'creation:create',
      params,
      body: again,
      response: changeSchema,
      status: 202,
      errors: refusals,
      resource,
      handle: async ({ params: { id }, body, caller }) => viewChange(await tasks.retry(caller, id, body.secrets)),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/creations/{id}/undo',
      operation: 'creations.undo',
      summary: 'Take back what a run that failed has made and is still ours',
      tag,
      permission: 'creation:create',
      params,
      response: changeSchema,
      status: 202,
      errors: refusals,
      resource,
      handle: async ({ params: { id }, caller }) => viewChange(await tasks.undo(caller, id)),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/creations/{id}/cancel',
      operation: 'creations.cancel',
      summary: 'Stop a run before its next effect',
      tag,
      permission: 'change:cancel',
      params,
      response: creationSchema,
      errors: [scaffolderFaults.task_not_found, changeFaults.not_cancellable],
      resource,
      handle: async ({ params: { id }, caller }) => {
        await tasks.cancel(caller, id)
        return viewCreation(await tasks.get(id))
      },
    }),
  ]
}

function viewCreation({ task, change, status: state }: TaskView): z.infer<typeof creationSchema> {
  return {
    id: task.id,
    changeId: change.id,
    attempts: task.attempts.map(({ changeId }) => changeId),
    template: task.templateRef,
    title: change.title,
    status: state,
    createdBy: task.createdBy,
    createdAt: task.createdAt.toISOString(),
    values: (task.spec['parameters'] ?? {}) as z.infer<typeof json>,
    output: outputOf(change) as z.infer<typeof json>,
    message: change.result?.message ?? '',
  }
}
