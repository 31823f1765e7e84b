import { z } from 'zod'
import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import { isFault } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import type { GitHost } from '#delivery/git-host'
import type { TemplateFile } from '../actions/index.ts'
import { digestOf } from '../creation-render.ts'
import { effectKey } from './effect-key.ts'
import { parsePlace, placeText, type Place } from './place.ts'

const input = z.looseObject({
  host: z.string().default(''),
  owner: z.string().min(1),
  name: z.string().min(1),
  branch: z.string().min(1),
  /** Of the files as planned. */
  digest: z.string().startsWith('sha256:'),
  message: z.string().min(1),
  author: z.object({ name: z.string(), email: z.string() }),
  pusher: z.string().min(1),
})
type FilesInput = z.infer<typeof input>

type Host = Pick<GitHost, 'commitFiles' | 'resolveRef' | 'log' | 'findRepository'>

/**
 * Makes the first commit of a branch. Target: `files/<owner>/<name>@<branch>`, with the host before the owner where it is not the built-in one. A plan carries the recipe of the files and their digest, not the
 * files: `renderFiles` makes them again, and another result is a stale plan. The commit's message names the effect, so that it is found again after a crash.
 */
export class FilesDriver implements Driver {
  readonly name = 'files'
  readonly #hostOf: (host: string) => Host | Promise<Host>
  readonly #renderFiles: (input: JsonObject) => Promise<readonly TemplateFile[]>

  constructor(deps: { hostOf: (host: string) => Host | Promise<Host>; renderFiles: (input: JsonObject) => Promise<readonly TemplateFile[]> }) {
    this.#hostOf = deps.hostOf
    this.#renderFiles = deps.renderFiles
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const place = placeOf(request.target)
    const files = await this.#renderFiles({ ...request.desired, ...place })
    const digest = digestOf(files)
    const head = await this.#headOf(place)
    const isThere = head?.message.includes(`Fairway-Files: ${digest}`) ?? false
    return {
      id: request.id,
      driver: this.name,
      verb: isThere ? 'none' : 'create',
      target: request.target,
      title: isThere ? `The files of ${placeText(place)} are there` : `Commit ${files.length} files to ${placeText(place)}`,
      concern: 'code',
      changes: isThere ? [] : files.slice(0, 500).map((file) => ({ path: file.path, after: `${file.content.byteLength} bytes` })),
      dependsOn: request.dependsOn ?? [],
      basis: head?.sha ?? 'absent',
      input: { ...request.desired, ...place, digest },
    }
  }

  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    const wish = parse(action)
    const head = await this.#headOf(wish)
    if (head && (action.verb === 'none' || head.message.includes(effectLine(effectKey(action, context.key))))) return done(wish, head.sha)
    if (head || action.verb === 'none') throw driverFaults.stale({ target: action.target })
    context.progress({ message: 'filling in the template' })
    const files = await this.#renderFiles(action.input)
    if (digestOf(files) !== wish.digest) throw driverFaults.stale({ target: action.target })
    try {
      const host = await this.#hostOf(wish.host)
      const { sha } = await host.commitFiles({
        owner: wish.owner,
        name: wish.name,
        branch: wish.branch,
        message: `${wish.message}\n\n${effectLine(effectKey(action, context.key))}\nFairway-Files: ${wish.digest}\n`,
        author: wish.author,
        pusher: wish.pusher,
        expectedParent: null,
        files: files.map((file) => ({ path: file.path, content: file.content, mode: file.isExecutable ? '100755' : '100644' })),
      })
      return done(wish, sha)
    } catch (error) {
      if (isFault(error, 'delivery.git_host.stale_parent') || isFault(error, 'delivery.git_host.not_found'))
        throw driverFaults.stale({ target: action.target }, { cause: error })
      throw error
    }
  }

  async observe(target: string): Promise<Observation> {
    const head = await this.#headOf(placeOf(target))
    return { exists: head !== undefined, fingerprint: head?.sha ?? 'absent', state: head ? { commit: head.sha } : {} }
  }

  /** Does nothing: commits stay as long as their repository does. */
  async remove(_target: string, _context: ApplyContext): Promise<void> {}

  async #headOf({ host: hostName, owner, name, branch }: Place & { branch: string }): Promise<{ sha: string; message: string } | undefined> {
    const host = await this.#hostOf(hostName)
    if (!(await host.findRepository(owner, name))) return undefined
    const sha = await host.resolveRef({ owner, name, ref: `refs/heads/${branch}` })
    if (sha === undefined) return undefined
    const [commit] = await host.log({ owner, name, ref: sha, limit: 1 })
    return { sha, message: commit?.message ?? '' }
  }
}

function effectLine(key: string): string {
  return `Fairway-Effect: ${key}`
}

function done(wish: FilesInput, commit: string): Outcome {
  return {
    outcome: 'done',
    message: `${placeText(wish)} is at ${commit.slice(0, 7)}`,
    outputs: { repository: placeText(wish), branch: wish.branch, commit, commitHash: commit },
  }
}

function placeOf(target: string): Place & { branch: string } {
  const match = /^files\/([^@]+)@(.+)$/.exec(target)
  if (!match?.[1] || !match[2]) throw driverFaults.bad_input({ driver: 'files', what: `"${target}" is no files/<owner>/<name>@<branch>` })
  return { ...parsePlace('files', match[1]), branch: match[2] }
}

function parse(action: PlannedAction): FilesInput {
  const result = input.safeParse(action.input)
  if (!result.success) throw driverFaults.bad_input({ driver: 'files', what: z.prettifyError(result.error).replaceAll('\n', ' ') })
  return result.data
}
