import { z } from 'zod'
import { problemText } from '#kernel/common/document'
import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import { isFault } from '#kernel/common/fault'
import type { EntityQuery, RepositoryFeed } from '#platform/catalog'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import type { Outside } from './outside.ts'

const input = z.looseObject({
  repository: z.string(),
  branch: z.string(),
  ref: z.string().optional(),
  /** Of a descriptor elsewhere: it is added as a location. */
  url: z.string().optional(),
  isOptional: z.boolean().default(false),
  actor: z.string().default('system:fairway'),
})

/**
 * Reads a repository's descriptors into the catalog now, without waiting for the push to be told. Target: `entity/<ref>`.
 * Refuses, with the catalog's own problems, when the entity is not there afterwards. Undoing reads the repository again: what is gone goes.
 */
export class RegisterDriver implements Driver {
  readonly name = 'register'
  readonly #repositories: Pick<RepositoryFeed, 'ingestRepository'>
  readonly #query: Pick<EntityQuery, 'findByRef'>
  readonly #outside: Pick<Outside, 'addLocation'>

  constructor(deps: { repositories: Pick<RepositoryFeed, 'ingestRepository'>; query: Pick<EntityQuery, 'findByRef'>; outside?: Pick<Outside, 'addLocation'> }) {
    this.#repositories = deps.repositories
    this.#query = deps.query
    this.#outside = deps.outside ?? {}
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const ref = refOf(request.target)
    const wish = input.parse(request.desired)
    const found = await this.#query.findByRef(ref)
    const isThere = found?.repository === wish.repository
    return {
      id: request.id,
      driver: this.name,
      verb: isThere ? 'none' : 'create',
      target: request.target,
      title: isThere ? `${ref} is in the catalog` : `Register ${ref} in the catalog`,
      concern: 'code',
      changes: isThere ? [] : [{ path: 'repository', after: wish.repository }],
      dependsOn: request.dependsOn ?? [],
      basis: found === undefined ? 'absent' : found.repository,
      input: { ...request.desired, repository: wish.repository, branch: wish.branch, ref },
    }
  }

  async apply(action: PlannedAction, _context: ApplyContext): Promise<Outcome> {
    const parsed = input.safeParse(action.input)
    if (!parsed.success) throw driverFaults.bad_input({ driver: this.name, what: z.prettifyError(parsed.error).replaceAll('\n', ' ') })
    const { repository, branch, ref, url } = parsed.data
    if (url !== undefined) return await this.#addLocation({ ...parsed.data, url })
    const report = await this.#repositories.ingestRepository(repository, branch)
    if (action.verb === 'destroy') return { outcome: 'done', message: `${ref ?? repository} was read again`, outputs: {} }
    const found = ref === undefined ? undefined : await this.#query.findByRef(ref)
    if (ref !== undefined && found?.repository !== repository && !parsed.data.isOptional) {
      const problems = report.problems.map(problemText).join('; ')
      const message = problems === '' ? `${ref} is not in the catalog after ${repository} was read` : problems
      return { outcome: 'refused', reason: 'not-registered', message }
    }
    return { outcome: 'done', message: `${ref ?? repository} is in the catalog`, outputs: { repository, ...(ref === undefined ? {} : { entityRef: ref }) } }
  }

  async #addLocation({ url, actor, isOptional }: { url: string; actor: string; isOptional: boolean }): Promise<Outcome> {
    if (!this.#outside.addLocation) throw scaffolderFaults.unsupported({ what: `"${url}" can not be registered: locations are not set up here` })
    try {
      const { entityRefs } = await this.#outside.addLocation({ url, actor })
      const [entityRef] = entityRefs
      return { outcome: 'done', message: `${url} is in the catalog`, outputs: { catalogInfoUrl: url, ...(entityRef === undefined ? {} : { entityRef }) } }
    } catch (error) {
      if (!isOptional || !isFault(error) || error.retry !== 'no') throw error
      return { outcome: 'done', message: `${url} was not registered: ${error.message}`, outputs: { catalogInfoUrl: url } }
    }
  }

  async observe(target: string): Promise<Observation> {
    const found = await this.#query.findByRef(refOf(target))
    return {
      exists: found !== undefined,
      fingerprint: found?.repository ?? 'absent',
      state: found ? { repository: found.repository, commit: found.commit } : {},
    }
  }

  /** Does nothing: an entity stays as long as its file does. */
  async remove(_target: string, _context: ApplyContext): Promise<void> {}
}

function refOf(target: string): string {
  return target.replace(/^entity\//, '')
}
