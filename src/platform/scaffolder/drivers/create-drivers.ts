import type { Clock } from '#kernel/common/clock'
import type { Driver, Outcome, PlannedAction } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { EntityQuery, RepositoryFeed } from '#platform/catalog'
import type { TemplateFile } from '../actions/index.ts'
import type { CreationInput } from '../creation-input.ts'
import type { Rendered } from '../creation-render.ts'
import type { TaskSecrets } from '../task-secrets.ts'
import { applyDispatch, applyHostCall, type CallDeps } from './call-effects.ts'
import { applyCommit, applyPullRequest } from './commit-effect.ts'
import { ContinueDriver } from './continue-driver.ts'
import { FilesDriver } from './files-driver.ts'
import { hostOf, type Outside } from './outside.ts'
import { RegisterDriver } from './register-driver.ts'
import { RepositoryDriver } from './repository-driver.ts'
import { TaskDriver, textOf } from './task-driver.ts'

export interface CreationDriverDeps {
  db: Database
  journal: Journal
  clock: Clock
  repositories: Pick<RepositoryFeed, 'ingestRepository'>
  query: Pick<EntityQuery, 'findByRef'>
  outside: Outside
  secrets: TaskSecrets
  renderFiles: (input: JsonObject) => Promise<readonly TemplateFile[]>
  render: (input: CreationInput, requestedBy: string, resolved: Readonly<Record<string, JsonObject>>) => Promise<Rendered>
}

/** Who carries out what templates want: a driver for each kind of effect. */
export type CreationDrivers = Readonly<
  Record<'repository' | 'files' | 'register' | 'commit' | 'pull-request' | 'dispatch' | 'host-call' | 'approval' | 'wait' | 'notify' | 'continue', Driver>
>

export function createCreationDrivers(deps: CreationDriverDeps): CreationDrivers {
  const { db, outside, renderFiles } = deps
  const find = (host: string): ReturnType<typeof hostOf> => hostOf(outside, host)
  const commits = { hostOf: find, renderFiles }
  const calls: CallDeps = {
    db,
    outside,
    secretsOf: async ({ input }) => {
      const actor = typeof input['actor'] === 'string' ? input['actor'] : ''
      return {
        ...(typeof input['task'] === 'string' ? await deps.secrets.outputs(input['task']) : {}),
        ...(typeof input['secretsId'] === 'string' ? await deps.secrets.open(input['secretsId'], actor) : {}),
      }
    },
    keepSecret: async (action, name, value) => await deps.secrets.keepOutput(textOf(action, 'task'), name, value),
  }
  const of = (name: string, perform: ConstructorParameters<typeof TaskDriver>[1]['perform']): Driver => new TaskDriver(name, { db, perform })
  const drivers: CreationDrivers = {
    repository: new RepositoryDriver({ hostOf: find, db }),
    files: new FilesDriver({ hostOf: find, renderFiles }),
    register: new RegisterDriver({ repositories: deps.repositories, query: deps.query, outside }),
    commit: of('commit', async (action, context) => await applyCommit(commits, action, context)),
    'pull-request': of('pull-request', async (action, context) => await applyPullRequest(commits, action, context)),
    dispatch: of('dispatch', async (action, context) => await applyDispatch(calls, action, context)),
    'host-call': of('host-call', async (action, context) => await applyHostCall(calls, action, context)),
    // People have agreed before it is applied: see `gates` of the plan.
    approval: of('approval', async () => await Promise.resolve({ outcome: 'done', message: 'people agreed', outputs: {} })),
    wait: of('wait', async ({ input }, { signal }) => {
      await deps.clock.sleep(Number(input['durationMs'] ?? 0), signal)
      return { outcome: 'done', message: 'waited', outputs: {} }
    }),
    notify: of('notify', async (action) => await notify(deps, action)),
    continue: new ContinueDriver({
      db,
      render: deps.render,
      driverOf: (name) => (Object.hasOwn(drivers, name) ? drivers[name as keyof CreationDrivers] : undefined),
    }),
  }
  return drivers
}

async function notify({ db, journal }: CreationDriverDeps, action: PlannedAction): Promise<Outcome> {
  const { recipients = [], title = '', info = '', link, severity = 'normal' } = action.input
  await db.transaction().execute(
    async (tx) =>
      await journal.append(tx, {
        type: 'platform.creation.notified',
        subject: `task/${typeof action.input['task'] === 'string' ? action.input['task'] : 'unknown'}`,
        actor: textOf(action, 'actor'),
        data: { recipients, title, info, severity, ...(link === undefined ? {} : { link }) },
      }),
  )
  return { outcome: 'done', message: 'told', outputs: {} }
}
