import { z } from 'zod'
import type { JsonObject } from '#kernel/common/json'
import type { RawInput, Route } from '#kernel/node/http'
import { taggedJson } from '#platform/catalog'
import { creationResource } from '../creation-kind.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import type { TaskView } from '../tasks/task-service.ts'
import { nextEvents } from '../tasks/next-events.ts'
import { TASK_STATUSES, type TaskStatus } from '../tasks/task-status.ts'
import { openTaskStream } from '../tasks/task-stream.ts'
import type { BackstageScaffolderDeps } from './backstage-routes.ts'
import { jsonSchemaErrors } from './json-schema-errors.ts'
import { bodyOf, scaffolderRoute } from './scaffolder-route.ts'

const newTask = z.looseObject({
  templateRef: z.string().min(1).max(300),
  values: z.record(z.string(), z.json()).default({}),
  secrets: z.record(z.string(), z.string()).default({}),
})
const retry = z.looseObject({ secrets: z.record(z.string(), z.string()).default({}) })

/** `GET` and `POST /v2/tasks` and what is below a task. */
export function taskRoutes(deps: BackstageScaffolderDeps): Route[] {
  const { tasks } = deps
  const idOf = (input: RawInput): string => input.params['id'] ?? ''
  const resource = async (input: RawInput): ReturnType<typeof tasks.resourceOf> => await tasks.resourceOf(idOf(input))
  const view = async (task: TaskView): Promise<JsonObject> => viewTask(task, await deps.findEntity?.(task.task.createdBy))
  return [
    scaffolderRoute({
      method: 'POST',
      path: '/v2/tasks',
      operation: 'scaffolder.createTask',
      summary: 'Run a template, in the dialect of Backstage',
      permission: 'creation:create',
      resource: async (input) => {
        const { templateRef, values } = await bodyOf(input, newTask)
        return creationResource({ template: templateRef, values: values as JsonObject })
      },
      handle: async (input) => {
        const { templateRef, values, secrets } = await bodyOf(input, newTask)
        const { template, commit } = await deps.library.load(templateRef)
        const errors = jsonSchemaErrors(template.parameters, values as JsonObject)
        if (errors.length > 0) return taggedJson(input.request, JSON.stringify({ errors }), 400)
        const change = await tasks.start(
          callerOf(input),
          { template: templateRef, templateCommit: commit, values: values as JsonObject, dialect: 'backstage', onFailure: 'keep' },
          { secrets },
        )
        const { task } = await tasks.get(change.id)
        return taggedJson(input.request, JSON.stringify({ id: task.id }), 201, { location: `${input.url.origin}/api/scaffolder/v2/tasks/${task.id}` })
      },
    }),
    scaffolderRoute({
      method: 'GET',
      path: '/v2/tasks',
      operation: 'scaffolder.listTasks',
      summary: 'List runs of templates, in the dialect of Backstage',
      permission: 'change:read',
      handle: async ({ url }) => {
        const query = url.searchParams
        const status = query.getAll('status').filter((word): word is TaskStatus => (TASK_STATUSES as readonly string[]).includes(word))
        const orders = query.getAll('order').map(directionOf)
        const page = await tasks.list({
          createdBy: query.getAll('createdBy'),
          status,
          isAscending: orders[0] === 'asc',
          limit: numberIn(query, 'limit', 0, 1_000) ?? 100,
          offset: numberIn(query, 'offset', 0, 10_000_000) ?? 0,
        })
        return { tasks: await Promise.all(page.items.map(view)), totalTasks: page.total }
      },
    }),
    scaffolderRoute({
      method: 'GET',
      path: '/v2/tasks/{id}',
      operation: 'scaffolder.getTask',
      summary: 'Show a run of a template, in the dialect of Backstage',
      permission: 'change:read',
      handle: async (input) => await view(await tasks.get(idOf(input))),
    }),
    scaffolderRoute({
      method: 'GET',
      path: '/v2/tasks/{id}/events',
      operation: 'scaffolder.listTaskEvents',
      summary: 'List the events of a run, in the dialect of Backstage',
      permission: 'change:read',
      handle: async (input) =>
        await nextEvents(deps, idOf(input), { after: numberIn(input.url.searchParams, 'after', -1, Number.MAX_SAFE_INTEGER), signal: input.signal }),
    }),
    scaffolderRoute({
      method: 'GET',
      path: '/v2/tasks/{id}/eventstream',
      operation: 'scaffolder.followTask',
      summary: 'Follow the events of a run until it ends, in the dialect of Backstage',
      permission: 'change:read',
      handle: async (input) =>
        await openTaskStream(deps, idOf(input), {
          after: numberIn(input.url.searchParams, 'after', -1, Number.MAX_SAFE_INTEGER),
          signal: input.signal,
          caller: callerOf(input),
        }),
    }),
    scaffolderRoute({
      method: 'POST',
      path: '/v2/tasks/{id}/cancel',
      operation: 'scaffolder.cancelTask',
      summary: 'Cancel a run, in the dialect of Backstage',
      permission: 'change:cancel',
      resource,
      handle: async (input) => {
        await tasks.cancel(callerOf(input), idOf(input))
        return { status: 'cancelled' }
      },
    }),
    scaffolderRoute({
      method: 'POST',
      path: '/v2/tasks/{id}/retry',
      operation: 'scaffolder.retryTask',
      summary: 'Go on with a run that failed, in the dialect of Backstage',
      permission: 'creation:create',
      resource,
      handle: async (input) => {
        const { secrets } = await bodyOf(input, retry)
        await tasks.retry(callerOf(input), idOf(input), secrets)
        const { task } = await tasks.get(idOf(input))
        return taggedJson(input.request, JSON.stringify({ id: task.id }), 201)
      },
    }),
  ]
}

function viewTask({ task, change, status }: TaskView, user: JsonObject | undefined): JsonObject {
  return {
    id: task.id,
    spec: { ...task.spec, user: { ...(user === undefined ? {} : { entity: user }), ref: task.createdBy } },
    status,
    createdAt: task.createdAt.toISOString(),
    lastHeartbeatAt: (change.finishedAt ?? change.startedAt ?? change.requestedAt).toISOString(),
    createdBy: task.createdBy,
  }
}

function directionOf(order: string): string {
  const [, direction] = /^(asc|desc):.+$/.exec(order) ?? []
  if (direction === undefined) throw scaffolderFaults.bad_request({ what: `Invalid order parameter "${order}", expected "<asc or desc>:<field name>"` })
  return direction
}

function callerOf(input: RawInput): NonNullable<RawInput['caller']> {
  // The router lets nobody through to a route with a permission whom it does not know.
  return input.caller as NonNullable<RawInput['caller']>
}

function numberIn(query: URLSearchParams, name: string, least: number, most: number): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^-?\d{1,16}$/.test(text)) throw scaffolderFaults.bad_request({ what: `Invalid ${name} parameter "${text}", expected a whole number` })
  return Math.min(most, Math.max(least, Number(text)))
}
