import { driverFaults, type ApplyContext, type Outcome, type PlannedAction } from '#kernel/common/driver'
import { isFault } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import type { FileWrite, GitHost } from '#delivery/git-host'
import type { TemplateFile } from '../actions/index.ts'
import { digestOf } from '../creation-render.ts'
import { effectKey } from './effect-key.ts'
import { placeText, type Place } from './place.ts'
import { textOf } from './task-driver.ts'

/** What commits and pull requests need of the outside. */
export interface CommitDeps {
  hostOf: (host: string) => GitHost | Promise<GitHost>
  renderFiles: (input: JsonObject) => Promise<readonly TemplateFile[]>
}

/** Commits that are looked through for the one that a crash left without a note. */
const LOOK_BACK = 20
const MAX_RACES = 5

/** Puts a commit on a branch, which is made when it is not there. */
export async function applyCommit(deps: CommitDeps, action: PlannedAction, context: ApplyContext): Promise<Outcome> {
  const place = placeOf(action)
  const sha = await commitOn(deps, action, context, textOf(action, 'branch'))
  return { outcome: 'done', message: `${placeText(place)} (${textOf(action, 'branch')}) is at ${sha.slice(0, 7)}`, outputs: { commitHash: sha } }
}

/** Puts a commit on a branch of its own and opens the pull request, or brings the open one of that branch up to date. */
export async function applyPullRequest(deps: CommitDeps, action: PlannedAction, context: ApplyContext): Promise<Outcome> {
  const { input } = action
  const place = placeOf(action)
  const host = await deps.hostOf(place.host)
  const { owner, name } = place
  const targetBranch = typeof input['targetBranch'] === 'string' ? input['targetBranch'] : await defaultBranchOf(host, place, action)
  const sourceBranch = textOf(action, 'branch')
  const sha = await commitOn(deps, action, context, sourceBranch, targetBranch)
  const labels = Array.isArray(input['labels']) ? (input['labels'] as string[]) : []
  const opened = await host.pullRequests.open({
    owner,
    name,
    title: textOf(action, 'title'),
    body: textOf(action, 'body'),
    sourceBranch,
    targetBranch,
    author: textOf(action, 'actor'),
    labels,
  })
  return {
    outcome: 'done',
    message: `pull request ${opened.number} of ${placeText(place)} is open`,
    outputs: { number: opened.number, url: opened.url, commitHash: sha },
  }
}

async function commitOn(deps: CommitDeps, action: PlannedAction, context: ApplyContext, branch: string, from?: string): Promise<string> {
  const { input } = action
  const place = placeOf(action)
  const host = await deps.hostOf(place.host)
  const { owner, name } = place
  const line = `Fairway-Effect: ${effectKey(action, context.key)}`
  const files = await deps.renderFiles(input)
  if (digestOf(files) !== textOf(action, 'digest')) throw driverFaults.stale({ target: action.target })
  const removed = Array.isArray(input['removed']) ? (input['removed'] as string[]) : []
  const writes: FileWrite[] = [
    ...files.map((file): FileWrite => ({ path: file.path, content: file.content, mode: file.isExecutable ? '100755' : '100644' })),
    ...removed.map((path): FileWrite => ({ path, content: null })),
  ]
  const start = typeof input['startBranch'] === 'string' ? input['startBranch'] : (from ?? (await defaultBranchOf(host, place, action)))
  if (start !== branch) await host.ensureBranch({ owner, name, branch, from: start, actor: textOf(action, 'actor') })
  const author = (input['author'] ?? {}) as { name?: string; email?: string }
  for (let race = 0; ; race++) {
    const head = await host.resolveRef({ owner, name, ref: `refs/heads/${branch}` })
    const before = head === undefined ? [] : await host.log({ owner, name, ref: head, limit: LOOK_BACK })
    const ours = before.find((commit) => commit.message.includes(line))
    if (ours) return ours.sha
    try {
      const actor = textOf(action, 'actor')
      const { sha } = await host.commitFiles({
        owner,
        name,
        branch,
        message: `${textOf(action, 'message')}\n\n${line}\n`,
        author: { name: author.name ?? actor.split('/').at(-1) ?? actor, email: author.email ?? `${actor.split('/').at(-1) ?? 'fairway'}@fairway.localhost` },
        files: writes,
        pusher: actor,
        expectedParent: head ?? null,
      })
      return sha
    } catch (error) {
      if (!isFault(error, 'delivery.git_host.stale_parent') || race >= MAX_RACES) throw error
    }
  }
}

async function defaultBranchOf(host: Pick<GitHost, 'findRepository'>, place: Place, action: PlannedAction): Promise<string> {
  const found = await host.findRepository(place.owner, place.name)
  if (!found) throw driverFaults.bad_input({ driver: action.driver, what: `there is no repository "${placeText(place)}"` })
  return found.defaultBranch
}

function placeOf(action: PlannedAction): Place {
  return { host: typeof action.input['host'] === 'string' ? action.input['host'] : '', owner: textOf(action, 'owner'), name: textOf(action, 'name') }
}
