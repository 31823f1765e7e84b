import { z } from 'zod'
import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import type { Database } from '#kernel/node/database'
import { isFault } from '#kernel/common/fault'
import type { GitHost, Repository } from '#delivery/git-host'
import { findEffect, recordIntent, recordRepository } from './effect-store.ts'

const desired = z.looseObject({ description: z.string().default(''), defaultBranch: z.string().default('main'), createdBy: z.string().min(1) })
const input = desired.extend({ owner: z.string().min(1), name: z.string().min(1) })
const undo = z.looseObject({ owner: z.string().min(1), name: z.string().min(1), actor: z.string().min(1) })

type Host = Pick<GitHost, 'createRepository' | 'findRepository' | 'deleteRepository' | 'resolveRef' | 'log'>

/**
 * Makes repositories on the Git host. Target: `repository/<owner>/<name>`.
 * Undoing (verb `destroy`) deletes only what the same change made, and only while nobody else has committed to it.
 */
export class RepositoryDriver implements Driver {
  readonly name = 'repository'
  readonly #host: Host
  readonly #db: Database

  constructor(deps: { host: Host; db: Database }) {
    this.#host = deps.host
    this.#db = deps.db
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const { owner, name } = ownerAndName(request.target)
    const wish = desired.parse(request.desired)
    const found = await this.#host.findRepository(owner, name)
    return {
      id: request.id,
      driver: this.name,
      verb: found ? 'none' : 'create',
      target: request.target,
      title: found ? `The repository ${owner}/${name} is there` : `Create the repository ${owner}/${name}`,
      concern: 'code',
      changes: found
        ? []
        : [
            { path: 'description', after: wish.description },
            { path: 'defaultBranch', after: wish.defaultBranch },
          ],
      dependsOn: request.dependsOn ?? [],
      basis: fingerprintOf(found),
      input: { owner, name, ...wish },
    }
  }

  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    if (action.verb === 'destroy') return await this.#undo(action, context)
    const wish = parse(input, action)
    const found = await this.#host.findRepository(wish.owner, wish.name)
    if (action.verb === 'none') {
      if (!found) throw driverFaults.stale({ target: action.target })
      return done(found)
    }
    const changeId = changeOf(context.key)
    const repository = `${wish.owner}/${wish.name}`
    const intent = await findEffect(this.#db, changeId, repository)
    if (found) {
      if (!intent || !(await this.#isOurs(found, intent, wish.createdBy))) throw driverFaults.stale({ target: action.target })
      await recordRepository(this.#db, changeId, repository, found.id)
      return done(found)
    }
    // Written before the deed, so that a crash between the two is told from somebody else's repository of that name.
    await recordIntent(this.#db, changeId, repository)
    try {
      const made = await this.#host.createRepository({
        owner: wish.owner,
        name: wish.name,
        description: wish.description,
        defaultBranch: wish.defaultBranch,
        createdBy: wish.createdBy,
      })
      await recordRepository(this.#db, changeId, repository, made.id)
      return done(made)
    } catch (error) {
      if (isFault(error, 'delivery.git_host.exists')) throw driverFaults.stale({ target: action.target }, { cause: error })
      throw error
    }
  }

  async observe(target: string): Promise<Observation> {
    const { owner, name } = ownerAndName(target)
    const found = await this.#host.findRepository(owner, name)
    return {
      exists: found !== undefined,
      fingerprint: fingerprintOf(found),
      state: found ? { description: found.description, defaultBranch: found.defaultBranch } : {},
    }
  }

  async remove(target: string, _context: ApplyContext): Promise<void> {
    await this.#host.deleteRepository(ownerAndName(target), 'system:fairway')
  }

  async #undo(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    const { owner, name, actor } = parse(undo, action)
    const repository = `${owner}/${name}`
    const [effect, found] = [await findEffect(this.#db, changeOf(context.key), repository), await this.#host.findRepository(owner, name)]
    if (!found || !effect) return { outcome: 'done', message: `${repository} was not made by this change`, outputs: {} }
    if (!(await this.#isOurs(found, effect, found.createdBy))) return { outcome: 'done', message: `${repository} is somebody else's and stays`, outputs: {} }
    const head = await this.#host.resolveRef({ owner, name, ref: found.defaultBranch })
    const commits = head === undefined ? [] : await this.#host.log({ owner, name, ref: head, limit: 2 })
    const isTouched = commits.length > 1 || (commits[0] !== undefined && !commits[0].message.includes(`Fairway-Effect: ${changeOf(context.key)}:`))
    if (isTouched) return { outcome: 'done', message: `${repository} has commits of others and stays`, outputs: {} }
    await this.#host.deleteRepository({ owner, name }, actor)
    return { outcome: 'done', message: `deleted ${repository}`, outputs: {} }
  }

  /** The one that this change made: by its id; or, when we died before noting the id, made since by the same person and still empty. */
  async #isOurs(found: Repository, effect: { repositoryId: string | null; createdAt: Date }, createdBy: string): Promise<boolean> {
    if (effect.repositoryId !== null) return effect.repositoryId === found.id
    const isEmpty = (await this.#host.resolveRef({ owner: found.owner, name: found.name, ref: found.defaultBranch })) === undefined
    return isEmpty && found.createdBy === createdBy && found.createdAt.getTime() >= effect.createdAt.getTime() - 1_000
  }
}

function done(repository: Repository): Outcome {
  const name = `${repository.owner}/${repository.name}`
  return { outcome: 'done', message: `the repository ${name} is there`, outputs: { repository: name, defaultBranch: repository.defaultBranch } }
}

function fingerprintOf(repository: Repository | undefined): string {
  return repository ? repository.id : 'absent'
}

/** `chg_01k…:repository:acme/orders` and `chg_01k…:rollback:…` are of one change. */
function changeOf(key: string): string {
  return key.split(':')[0] ?? key
}

function ownerAndName(target: string): { owner: string; name: string } {
  const match = /^repository\/([^/]+)\/([^/]+)$/.exec(target)
  if (!match?.[1] || !match[2]) throw driverFaults.bad_input({ driver: 'repository', what: `"${target}" is no repository/<owner>/<name>` })
  return { owner: match[1], name: match[2] }
}

function parse<T>(schema: z.ZodType<T>, action: PlannedAction): T {
  const result = schema.safeParse(action.input)
  if (!result.success) throw driverFaults.bad_input({ driver: 'repository', what: z.prettifyError(result.error).replaceAll('\n', ' ') })
  return result.data
}
