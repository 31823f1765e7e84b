import { z } from 'zod'
import { problemText } from '#kernel/common/document'
import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import type { CatalogIngestion, EntityQuery } from '#platform/catalog'

const input = z.looseObject({ repository: z.string().min(1), branch: z.string().min(1), ref: z.string().optional() })

/**
 * Reads a repository's descriptors into the catalog now, without waiting for the push to be told. Target: `entity/<ref>`.
 * Refuses, with the catalog's own problems, when the entity is not there afterwards. Undoing reads the repository again: what is gone goes.
 */
export class RegisterDriver implements Driver {
  readonly name = 'register'
  readonly #ingestion: Pick<CatalogIngestion, 'ingestRepository'>
  readonly #query: Pick<EntityQuery, 'findByRef'>

  constructor(deps: { ingestion: Pick<CatalogIngestion, 'ingestRepository'>; query: Pick<EntityQuery, 'findByRef'> }) {
    this.#ingestion = deps.ingestion
    this.#query = deps.query
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
      input: { ...wish, ref },
    }
  }

  async apply(action: PlannedAction, _context: ApplyContext): Promise<Outcome> {
    const parsed = input.safeParse(action.input)
    if (!parsed.success) throw driverFaults.bad_input({ driver: this.name, what: z.prettifyError(parsed.error).replaceAll('\n', ' ') })
    const { repository, branch, ref } = parsed.data
    const report = await this.#ingestion.ingestRepository(repository, branch)
    if (action.verb === 'destroy') return { outcome: 'done', message: `${ref ?? repository} was read again`, outputs: {} }
    const found = ref === undefined ? undefined : await this.#query.findByRef(ref)
    if (ref !== undefined && found?.repository !== repository) {
      const problems = report.problems.map(problemText).join('; ')
      const message = problems === '' ? `${ref} is not in the catalog after ${repository} was read` : problems
      return { outcome: 'refused', reason: 'not-registered', message }
    }
    return { outcome: 'done', message: `${ref ?? repository} is in the catalog`, outputs: { repository, ...(ref === undefined ? {} : { entityRef: ref }) } }
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
