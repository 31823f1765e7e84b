import type { Logger } from '#kernel/node/log'
import type { PipelineSource } from '../pipeline-source.ts'
import { parseWorkflow } from '../workflow/parse-workflow.ts'
import { asksToSkip, decideTrigger, type TriggerEvent } from '../workflow/trigger.ts'
import { pushPayload, repositoryPayload } from './github-context.ts'
import type { RunService } from './run-service.ts'
import type { RunSeed } from './prepare-run.ts'
import type { Run } from './run.ts'

/** One ref update, as the Git host tells it. */
export interface Push {
  /** `acme/orders`. */
  repository: string
  /** `refs/heads/main`. */
  ref: string
  /** SHA before, zeros for a new ref. */
  before: string
  /** SHA after, zeros for a deleted ref. */
  after: string
  /** Entity ref. */
  pusher: string
}

/** What happened to a pull request. */
export interface PullRequestEvent {
  repository: string
  number: number
  title: string
  /** `opened`, `synchronize`, `reopened`, `closed` ... */
  activity: string
  head: { ref: string; sha: string }
  base: { ref: string; sha: string }
  actor: string
}

/** What is needed to find out which workflows an event starts. */
export interface TriggerDeps {
  source: PipelineSource
  service: RunService
  log: Logger
  componentOf?: (repository: string) => Promise<string | undefined>
  variablesOf?: (repository: string) => Promise<Record<string, string>>
}

const FOLDER = '.github/workflows'

/**
 * Starts the runs that a push asks for: one for each workflow at that commit whose `on` fits. Told twice of one push, it starts nothing more.
 * A file that can't be read makes a failed run, so that people see it. A deleted ref starts nothing.
 */
export async function startRunsOfPush(push: Push, deps: TriggerDeps): Promise<Run[]> {
  if (isZero(push.after)) return []
  const described = await deps.source.describe(push.repository)
  const commit = await deps.source.resolve(push.repository, push.after)
  if (!described || !commit || asksToSkip(commit.message)) return []
  const changedPaths = isZero(push.before) ? undefined : await deps.source.changedFiles(push.repository, push.before, push.after)
  const payload = pushPayload({ ...push, defaultBranch: described.defaultBranch, message: commit.message })
  const event: TriggerEvent = { name: 'push', ref: push.ref, ...(changedPaths ? { changedPaths } : {}) }
  const seed = { repository: push.repository, event: 'push', payload, ref: push.ref, commit: push.after, commitMessage: commit.message, actor: push.pusher }
  const isDefaultBranch = push.ref === `refs/heads/${described.defaultBranch}`
  return await startMatching({ ...seed, isDefaultBranch }, event, `push:${push.ref}:${push.before}`, deps)
}

/** As `startRunsOfPush`, for a pull request. The files are those of its head. */
export async function startRunsOfPullRequest(pull: PullRequestEvent, deps: TriggerDeps): Promise<Run[]> {
  const described = await deps.source.describe(pull.repository)
  const commit = await deps.source.resolve(pull.repository, pull.head.sha)
  if (!described || !commit) return []
  const changedPaths = await deps.source.changedFiles(pull.repository, pull.base.sha, pull.head.sha)
  const branch = pull.base.ref.replace(/^refs\/heads\//, '')
  const payload = {
    action: pull.activity,
    number: pull.number,
    pull_request: {
      number: pull.number,
      title: pull.title,
      head: { ...pull.head, ref: pull.head.ref.replace(/^refs\/heads\//, '') },
      base: { ...pull.base, ref: branch },
    },
    repository: repositoryPayload(pull.repository, described.defaultBranch),
  }
  const event: TriggerEvent = { name: 'pull_request', ref: `refs/heads/${branch}`, activity: pull.activity, ...(changedPaths ? { changedPaths } : {}) }
  const seed = {
    repository: pull.repository,
    event: 'pull_request',
    payload,
    ref: `refs/pull/${pull.number}/merge`,
    commit: pull.head.sha,
    commitMessage: commit.message,
    actor: pull.actor,
  }
  return await startMatching({ ...seed, isDefaultBranch: false }, event, `pull_request:${pull.number}:${pull.activity}`, deps)
}

type PartialSeed = Omit<RunSeed, 'workflow' | 'source' | 'inputs' | 'component' | 'dedupeKey' | 'variables'>

async function startMatching(seed: PartialSeed, event: TriggerEvent, key: string, deps: TriggerDeps): Promise<Run[]> {
  const files = (await deps.source.listFiles(seed.repository, seed.commit, FOLDER)).filter((file) => /\.ya?ml$/.test(file)).sort()
  const runs: Run[] = []
  for (const file of files) {
    const source = await deps.source.readFile(seed.repository, seed.commit, file)
    if (source === undefined) continue
    const { workflow } = await parseWorkflow(file, source)
    // A file that can't be read can't say that it is not meant.
    const verdict = workflow ? decideTrigger(workflow.on, event) : { isTriggered: true as const }
    if (!verdict.isTriggered) {
      deps.log.debug(`workflow ${file} is not started: ${verdict.reason}`, { repository: seed.repository })
      continue
    }
    const component = (await deps.componentOf?.(seed.repository)) ?? null
    const variables = (await deps.variablesOf?.(seed.repository)) ?? {}
    runs.push(
      await deps.service.create({
        ...seed,
        workflow: file,
        source,
        inputs: {},
        component,
        variables,
        dedupeKey: `${key}:${seed.repository}:${file}:${seed.commit}`,
      }),
    )
  }
  return runs
}

function isZero(sha: string): boolean {
  return /^0+$/.test(sha)
}
