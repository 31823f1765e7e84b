import { z } from 'zod'
import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import type { Database } from '#kernel/node/database'
import { isFault } from '#kernel/common/fault'
import type { GitHost, Repository } from '#delivery/git-host'
import { effectOwner } from './effect-key.ts'
import { findEffect, recordIntent, recordRepository } from './effect-store.ts'
import { parsePlace, placeInput, placeText, type Place } from './place.ts'

const desired = z.looseObject({
  host: z.string().default(''),
  description: z.string().default(''),
  defaultBranch: z.string().default('main'),
  createdBy: z.string().min(1),
})
const input = desired.extend({
  owner: z.string().min(1),
  name: z.string().min(1),
})
const undo = z.looseObject({ host: z.string().default(''), owner: z.string().min(1), name: z.string().min(1), actor: z.string().min(1) })

type Host = Pick<GitHost, 'createRepository' | 'findRepository' | 'deleteRepository' | 'resolveRef' | 'log'>

/**
 * Makes repositories on a Git host. Target: `repository/<owner>/<name>`, or `repository/<host>/<owner>/<name>` on another than the built-in one.
 * Undoing (verb `destroy`) deletes only what the same change made, and only while nobody else has committed to it.
 */
export class RepositoryDriver implements Driver {
  readonly name = 'repository'
  readonly #hostOf: (host: string) => Host | Promise<Host>
  readonly #db: Database

  /** @param deps `hostOf` gives the host of a name (empty: the built-in one), or throws a fault that says what there is. */
  constructor(deps: { hostOf: (host: string) => Host | Promise<Host>; db: Database }) {
    this.#hostOf = deps.hostOf
    this.#db = deps.db
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const place = placeOf(request.target)
    const wish = desired.parse(request.desired)
    const found = await this.#find(place)
    return {
      id: request.id,
      driver: this.name,
      verb: found ? 'none' : 'create',
      target: request.target,
      title: found ? `The repository ${placeText(place)} is there` : `Create the repository ${placeText(place)}`,
      concern: 'code',
      changes: found
        ? []
        : [
            { path: 'description', after: wish.description },
            { path: 'defaultBranch', after: wish.defaultBranch },
          ],
      dependsOn: request.dependsOn ?? [],
      basis: fingerprintOf(found),
      input: { description: wish.description, defaultBranch: wish.defaultBranch, createdBy: wish.createdBy, ...request.desired, ...placeInput(place) },
    }
  }

  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    if (action.verb === 'destroy') return await this.#undo(action, context)
    const wish = parse(input, action)
    const found = await this.#find(wish)
    if (action.verb === 'none') {
      if (!found) throw driverFaults.stale({ target: action.target })
      return done(found)
    }
    const changeId = effectOwner(action, context.key)
    const repository = placeText(wish)
    const intent = await findEffect(this.#db, changeId, repository)
    if (found) {
      if (!intent || !(await this.#isOurs(wish, found, intent, wish.createdBy))) throw driverFaults.stale({ target: action.target })
      await recordRepository(this.#db, changeId, repository, found.id)
      return done(found)
    }
    // Written before the deed, so that a crash between the two is told from somebody else's repository of that name.
    await recordIntent(this.#db, changeId, repository)
    try {
      const host = await this.#hostOf(wish.host)
      const made = await host.createRepository({
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
    const found = await this.#find(placeOf(target))
    return {
      exists: found !== undefined,
      fingerprint: fingerprintOf(found),
      state: found ? { description: found.description, defaultBranch: found.defaultBranch } : {},
    }
  }

  async remove(target: string, _context: ApplyContext): Promise<void> {
    const { host, ...repository } = placeOf(target)
    await (await this.#hostOf(host)).deleteRepository(repository, 'system:fairway')
  }

  async #undo(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    const wish = parse(undo, action)
    const { owner, name, actor } = wish
    const repository = placeText(wish)
    const host = await this.#hostOf(wish.host)
    const ours = effectOwner(action, context.key)
    const [effect, found] = [await findEffect(this.#db, ours, repository), await this.#find(wish)]
    if (!found || !effect) return { outcome: 'done', message: `${repository} was not made by this change`, outputs: {} }
    if (!(await this.#isOurs(wish, found, effect, found.createdBy)))
      return { outcome: 'done', message: `${repository} is somebody else's and stays`, outputs: {} }
    const head = await host.resolveRef({ owner, name, ref: found.defaultBranch })
    const commits = head === undefined ? [] : await host.log({ owner, name, ref: head, limit: 2 })
    const isTouched = commits.length > 1 || (commits[0] !== undefined && !commits[0].message.includes(`Fairway-Effect: ${ours}:`))
    if (isTouched) return { outcome: 'done', message: `${repository} has commits of others and stays`, outputs: {} }
    await host.deleteRepository({ owner, name }, actor)
    return { outcome: 'done', message: `deleted ${repository}`, outputs: {} }
  }

  async #find(place: Place): Promise<Repository | undefined> {
    return await (await this.#hostOf(place.host)).findRepository(place.owner, place.name)
  }

  /** The one that this change made: by its id; or, when we died before noting the id, made since by the same person and still empty. */
  async #isOurs(place: Place, found: Repository, effect: { repositoryId: string | null; createdAt: Date }, createdBy: string): Promise<boolean> {
    if (effect.repositoryId !== null) return effect.repositoryId === found.id
    const { owner, name } = place
    const isEmpty = (await (await this.#hostOf(place.host)).resolveRef({ owner, name, ref: found.defaultBranch })) === undefined
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

function placeOf(target: string): Place {
  if (!target.startsWith('repository/')) throw driverFaults.bad_input({ driver: 'repository', what: `"${target}" is no repository/<owner>/<name>` })
  return parsePlace('repository', target.slice('repository/'.length))
}

function parse<T>(schema: z.ZodType<T>, action: PlannedAction): T {
  const result = schema.safeParse(action.input)
  if (!result.success) throw driverFaults.bad_input({ driver: 'repository', what: z.prettifyError(result.error).replaceAll('\n', ' ') })
  return result.data
}
