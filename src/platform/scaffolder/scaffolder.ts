import type { Driver } from '#kernel/common/driver'
import type { JsonObject } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import type { Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { GitHost } from '#delivery/git-host'
import type { Catalog } from '#platform/catalog'
import type { ChangeKind, ChangeService } from '#platform/change'
import { builtInActions, type TemplateAction, type TemplateFile } from './actions/index.ts'
import { createCreationKind } from './creation-kind.ts'
import { renderCreation, type CreationInput, type RenderDeps } from './creation-plan.ts'
import { FilesDriver, RegisterDriver, RepositoryDriver } from './drivers/index.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import { scaffolderRoutes } from './scaffolder-routes.ts'
import { TemplateLibrary } from './template-library.ts'

export interface ScaffolderDeps {
  db: Database
  journal: Journal
  host: GitHost
  catalog: Pick<Catalog, 'ingestion' | 'directory' | 'query'>
  /** Address of the platform, e.g. `http://127.0.0.1:7007`. */
  publicUrl: () => string
  /** Beside the built-in ones. */
  actions?: readonly TemplateAction[]
}

export interface Scaffolder {
  /** Register under `create`. */
  kind: ChangeKind<CreationInput>
  /** Register by their names. */
  drivers: { repository: Driver; files: Driver; register: Driver }
  library: TemplateLibrary
  /** The routes need the change service, which needs the kind: so they come last. */
  routes(changes: Pick<ChangeService, 'create'>): Route[]
}

/** Puts golden paths together: templates, the change that creates from them, and the drivers that carry it out. */
export function createScaffolder(deps: ScaffolderDeps): Scaffolder {
  const { db, journal, host, catalog } = deps
  const library = new TemplateLibrary({ host, directory: catalog.directory, query: catalog.query })
  const render: RenderDeps = {
    library,
    actions: [...builtInActions, ...(deps.actions ?? [])],
    repositoryUrl: (owner, name) => `${deps.publicUrl()}/git/${owner}/${name}.git`,
  }
  return {
    library,
    kind: createCreationKind({ ...render, journal, host, query: catalog.query, directory: catalog.directory }),
    drivers: {
      repository: new RepositoryDriver({ host, db }),
      files: new FilesDriver({ host, renderFiles: (input) => filesOf(render, input) }),
      register: new RegisterDriver({ ingestion: catalog.ingestion, query: catalog.query }),
    },
    routes: (changes) => scaffolderRoutes({ ...render, query: catalog.query, changes }),
  }
}

/** Makes the files of a planned commit again, from the template's commit and the values that the plan names. */
async function filesOf(render: RenderDeps, input: JsonObject): Promise<readonly TemplateFile[]> {
  const { requestedBy, ...creation } = input['creation'] as unknown as CreationInput & { requestedBy: string }
  const rendered = await renderCreation(render, creation, requestedBy)
  const effect = rendered.repositories.find((candidate) => candidate.owner === input['owner'] && candidate.name === input['name'])
  if (!effect) throw scaffolderFaults.step_failed({ step: 'publish', what: 'the template does not make this repository any more' })
  return effect.files
}
