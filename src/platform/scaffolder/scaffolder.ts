import { systemClock, type Clock } from '#kernel/common/clock'
import type { RecordedEvent } from '#kernel/common/event'
import type { JsonObject } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import type { Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { GitHost } from '#delivery/git-host'
import type { Catalog, RepositoryFeed } from '#platform/catalog'
import type { ChangeKind, ChangeService } from '#platform/change'
import { builtInActions, type FetchSource, type HostDirectory, type TemplateAction } from './actions/index.ts'
import { backstageScaffolderRoutes } from './backstage/index.ts'
import { createCompletion } from './completion.ts'
import type { CreationInput } from './creation-input.ts'
import { createCreationKind } from './creation-kind.ts'
import { renderCreation, type RenderDeps } from './creation-render.ts'
import { createCreationDrivers, type CreationDrivers, type Outside } from './drivers/index.ts'
import { createRenderAt, type RenderAt } from './render-at.ts'
import { RenderedFiles } from './rendered-files.ts'
import { scaffolderRoutes } from './scaffolder-routes.ts'
import { TaskSecrets, type Sealing } from './task-secrets.ts'
import { taskRoutes } from './tasks/task-routes.ts'
import type { TaskStreamDeps } from './tasks/task-stream.ts'
import { TaskService } from './tasks/task-service.ts'
import { TemplateLibrary } from './template-library.ts'
import type { FindTemplatePlace } from './template-place.ts'

export interface ScaffolderDeps {
  db: Database
  journal: Journal
  host: GitHost
  /** `repositories` is what reads one into the catalog now. */
  catalog: Pick<Catalog, 'directory' | 'query'> & { repositories: Pick<RepositoryFeed, 'ingestRepository'> }
  /** Seals the secrets that come with a run. */
  sealing: Sealing
  /** The platform's log as it grows, from the present on: what live answers follow. */
  follow: (options: { signal: AbortSignal }) => AsyncIterable<Pick<RecordedEvent, 'subject'>>
  /** Tells when a caller's credential ends. */
  watchCredential?: TaskStreamDeps['watchCredential']
  /** Address of the platform, e.g. `http://127.0.0.1:7007`. */
  publicUrl: () => string
  clock?: Clock
  /** Beside the built-in ones. */
  actions?: readonly TemplateAction[]
  /** Git hosts beside the built-in one, and what templates reach on them. */
  hosts?: (() => Promise<HostDirectory>) | undefined
  outside?: Partial<Outside> | undefined
  /** Where templates lie that came by a location. */
  findTemplatePlace?: FindTemplatePlace | undefined
  /** Files from elsewhere. */
  fetch?: FetchSource | undefined
}

export interface Scaffolder {
  /** Register under `create`. */
  kind: ChangeKind<CreationInput>
  /** Register by their names. */
  drivers: CreationDrivers
  library: TemplateLibrary
  /** What a template makes at a commit, for those who compare it with what was made. */
  renderAt: RenderAt
  /** The routes need the change service, which needs the kind: so they come last. */
  routes(changes: Pick<ChangeService, 'create' | 'get' | 'cancel'>): Route[]
}

/** Puts golden paths together: templates, the change that creates from them, and the drivers that carry it out. */
export function createScaffolder(deps: ScaffolderDeps): Scaffolder {
  const { db, journal, host, catalog, clock = systemClock } = deps
  const library = new TemplateLibrary({ host, directory: catalog.directory, query: catalog.query, findPlace: deps.findTemplatePlace })
  const render: RenderDeps = {
    library,
    actions: [...builtInActions, ...(deps.actions ?? [])],
    repositoryUrl: (owner, name) => `${deps.publicUrl()}/git/${owner}/${name}.git`,
    hosts: deps.hosts,
    fetch: deps.fetch,
    findEntity: async (ref) => (await catalog.query.findByRef(ref))?.entity as JsonObject | undefined,
  }
  const outside: Outside = { ...deps.outside, findHost: async (name) => (name === '' ? host : await deps.outside?.findHost?.(name)) }
  const secrets = new TaskSecrets({ db, sealing: deps.sealing })
  const files = new RenderedFiles(render)
  const admitted = new Set<string>()
  return {
    library,
    renderAt: createRenderAt(render),
    kind: createCreationKind({ ...render, db, journal, outside, query: catalog.query, directory: catalog.directory, secrets, admitted }),
    drivers: createCreationDrivers({
      db,
      journal,
      clock,
      repositories: catalog.repositories,
      query: catalog.query,
      outside,
      secrets,
      renderFiles: async (input) => await files.of(input),
      render: async (input, requestedBy, resolved) => {
        const rendered = await renderCreation(render, input, requestedBy, resolved)
        files.keep(rendered)
        return rendered
      },
    }),
    routes: (changes) => {
      const tasks = new TaskService({ db, changes, secrets, admitted })
      return [
        ...scaffolderRoutes({ ...render, query: catalog.query, outside, tasks }),
        ...taskRoutes({ tasks, follow: deps.follow, watchCredential: deps.watchCredential }),
        ...backstageScaffolderRoutes({ ...render, tasks, follow: deps.follow, watchCredential: deps.watchCredential, complete: createCompletion({ outside }) }),
      ]
    },
  }
}
