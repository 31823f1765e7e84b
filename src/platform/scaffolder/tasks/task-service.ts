import type { JsonObject } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import type { Caller, ResourceRef } from '#kernel/node/http'
import { isFinal, type Change, type ChangeService } from '#platform/change'
import type { CreationInput } from '../creation-input.ts'
import { admissionOf, creationResource } from '../creation-kind.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import type { TaskSecrets } from '../task-secrets.ts'
import { taskEvents, type TaskEvent } from './task-events.ts'
import { taskStatusOf, type TaskStatus } from './task-status.ts'
import { findTask, listTasks, type Task, type TaskFilter } from './task-store.ts'

export interface TaskServiceDeps {
  db: Database
  changes: Pick<ChangeService, 'create' | 'get' | 'cancel'>
  secrets: Pick<TaskSecrets, 'keep' | 'erase'>
  /** Admissions to others' tasks: see `CreationKindDeps.admitted`. */
  admitted: Set<string>
}

/** A task with the change that is its last attempt. */
export interface TaskView {
  task: Task
  change: Change
  status: TaskStatus
}

type Requester = Pick<Caller, 'principal' | 'isAdministrator'>

/** Runs of templates as those who started them see them. */
export class TaskService {
  readonly #deps: TaskServiceDeps

  constructor(deps: TaskServiceDeps) {
    this.#deps = deps
  }

  /** Starts a run. Secrets are sealed before there is anything else, and erased when it ends, or was never made. @throws as `ChangeService.create`. */
  async start(
    caller: Requester,
    input: Omit<CreationInput, 'secretsId' | 'secrets'>,
    options: { secrets?: Readonly<Record<string, string>>; reason?: string | undefined; idempotencyKey?: string | undefined } = {},
  ): Promise<Change> {
    const { secrets = {}, reason, idempotencyKey } = options
    const secretsId = await this.#deps.secrets.keep(caller.principal, secrets)
    const named = secretsId === undefined ? input : { ...input, secretsId, secrets: Object.keys(secrets).sort() }
    try {
      const change = await this.#deps.changes.create(caller, { kind: 'create', input: named, reason, idempotencyKey })
      return change
    } catch (error) {
      if (secretsId !== undefined) await this.#deps.secrets.erase(secretsId).catch(() => {})
      throw error
    }
  }

  /** @param id of the task or of its last change. @throws `platform.scaffolder.task_not_found`. */
  async get(id: string): Promise<TaskView> {
    const task = await findTask(this.#deps.db, id)
    if (!task) throw scaffolderFaults.task_not_found({ id })
    return await this.#view(task)
  }

  async list(filter: TaskFilter): Promise<{ items: TaskView[]; total: number }> {
    const { items, total } = await listTasks(this.#deps.db, filter)
    return { items: await Promise.all(items.map(async (task) => await this.#view(task))), total }
  }

  /** Events behind `after`, in order; and whether there will be no more. @throws `platform.scaffolder.task_not_found`. */
  async events(id: string, after = -1): Promise<{ events: TaskEvent[]; changeId: string; isOver: boolean }> {
    const { task, change } = await this.get(id)
    const earlier = task.attempts.slice(0, -1)
    const changes = [...(await Promise.all(earlier.map(async ({ changeId }) => await this.#deps.changes.get(changeId)))), change]
    const attempts = task.attempts.map(({ block, changeId }, index) => ({ block, change: changes[index] as Change, ran: task.ran[changeId] }))
    const events = taskEvents(task.id, attempts, (task.spec['steps'] as unknown[] | undefined)?.length ?? 0)
    // The end is always told, as by Backstage: who has it already is not left waiting for it.
    const isWanted = (event: TaskEvent, index: number): boolean => event.id > after || (event.type === 'completion' && index === events.length - 1)
    return { events: events.filter(isWanted), changeId: change.id, isOver: isFinal(change.state) }
  }

  /** Stops a run before its next effect. @throws `platform.scaffolder.task_not_found`, `platform.change.not_cancellable`. */
  async cancel(caller: Requester, id: string): Promise<void> {
    const { change } = await this.get(id)
    await this.#deps.changes.cancel(caller, change.id)
  }

  /**
   * A new attempt of the same task: what was done is kept and found again, and it goes on from the step that failed.
   * Whoever started it may, and administrators.
   * @throws `platform.scaffolder.task_not_found`, `.not_retryable`, `.not_yours`, `.secrets_gone` when secrets are needed and not given again.
   */
  async retry(caller: Requester, id: string, secrets: Readonly<Record<string, string>> = {}): Promise<Change> {
    return await this.#again(caller, id, secrets, {})
  }

  /** Takes back what a run that failed or was cancelled has made and is still ours. @throws as `retry`. */
  async undo(caller: Requester, id: string): Promise<Change> {
    return await this.#again(caller, id, {}, { purpose: 'undo' })
  }

  /** What a permission on this task is asked for. */
  async resourceOf(id: string): Promise<ResourceRef> {
    const { task } = await this.get(id)
    const resource = creationResource({ template: task.templateRef, values: (task.spec['parameters'] ?? {}) as JsonObject })
    return { ...resource, attributes: { ...resource.attributes, requestedBy: task.createdBy } }
  }

  async #again(caller: Requester, id: string, secrets: Readonly<Record<string, string>>, more: Pick<CreationInput, 'purpose'>): Promise<Change> {
    const { task, status } = await this.get(id)
    if (status !== 'failed' && status !== 'cancelled') throw scaffolderFaults.not_retryable({ id: task.id, status })
    const { secrets: names = [], ...request } = task.request as unknown as Omit<CreationInput, 'template' | 'values'>
    if (more.purpose !== 'undo' && names.some((name) => !Object.hasOwn(secrets, name))) throw scaffolderFaults.secrets_gone({})
    const values = (task.spec['parameters'] ?? {}) as JsonObject
    const admission = admissionOf(task.id, caller.principal)
    if (caller.isAdministrator) this.#deps.admitted.add(admission)
    try {
      return await this.start(
        caller,
        { ...request, template: task.templateRef, values, taskId: task.id, ...more },
        { secrets, reason: `another attempt of ${task.changeId}` },
      )
    } finally {
      this.#deps.admitted.delete(admission)
    }
  }

  async #view(task: Task): Promise<TaskView> {
    const change = await this.#deps.changes.get(task.changeId)
    return { task, change, status: taskStatusOf(change.state) }
  }
}
