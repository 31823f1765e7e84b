import { passesPatterns } from './ref-pattern.ts'
import type { PatternFilter, Triggers } from './workflow.ts'

/** What happened in a repository. */
export interface TriggerEvent {
  name: 'push' | 'pull_request' | 'workflow_dispatch'
  /** `refs/heads/main`, `refs/tags/v1`; for a pull request the ref that it wants to be merged into. */
  ref: string
  /** Activity of a pull request, e.g. `opened`, `synchronize`. */
  activity?: string
  /** Paths that changed; undefined when nobody knows, e.g. for a new branch: then path filters pass. */
  changedPaths?: readonly string[]
}

/** Whether an event starts a workflow, or why not. */
export type TriggerVerdict = { isTriggered: true } | { isTriggered: false; reason: string }

/** Activities of `pull_request` that count when the workflow names none. */
const DEFAULT_ACTIVITIES = ['opened', 'synchronize', 'reopened']

/** Decides whether an event starts a workflow, and says why not. */
export function decideTrigger(on: Triggers, event: TriggerEvent): TriggerVerdict {
  const filter = on[event.name] as (PatternFilter & { types?: string[] }) | undefined
  if (filter === undefined) return no(`it is not started by "${event.name}"`)
  if (event.name === 'workflow_dispatch') return { isTriggered: true }
  if (event.name === 'pull_request' && !(filter.types ?? DEFAULT_ACTIVITIES).includes(event.activity ?? 'opened'))
    return no(`the activity "${event.activity}" is not among its types`)
  const isTag = event.ref.startsWith('refs/tags/')
  const name = event.ref.replace(/^refs\/(heads|tags)\//, '')
  const refVerdict = isTag ? decideTag(filter, name) : decideBranch(filter, name)
  if (!refVerdict.isTriggered || isTag) return refVerdict
  return decidePaths(filter, event.changedPaths)
}

function decideBranch(filter: PatternFilter, branch: string): TriggerVerdict {
  // Filters on tags alone say that branches are not meant.
  const onlyTags = (filter.tags ?? filter['tags-ignore']) !== undefined && filter.branches === undefined && filter['branches-ignore'] === undefined
  if (onlyTags) return no('it is started by tags only')
  return decideName(branch, filter.branches, filter['branches-ignore'], 'branch')
}

function decideTag(filter: PatternFilter, tag: string): TriggerVerdict {
  const onlyBranches = (filter.branches ?? filter['branches-ignore']) !== undefined && filter.tags === undefined && filter['tags-ignore'] === undefined
  if (onlyBranches) return no('it is started by branches only')
  return decideName(tag, filter.tags, filter['tags-ignore'], 'tag')
}

function decideName(name: string, wanted: readonly string[] | undefined, ignored: readonly string[] | undefined, what: string): TriggerVerdict {
  if (wanted && !passesPatterns(name, wanted)) return no(`${what} "${name}" matches none of its patterns`)
  if (ignored && passesPatterns(name, ignored)) return no(`${what} "${name}" is ignored`)
  return { isTriggered: true }
}

function decidePaths(filter: PatternFilter, changed: readonly string[] | undefined): TriggerVerdict {
  if (changed === undefined) return { isTriggered: true }
  const { paths, 'paths-ignore': ignored } = filter
  if (paths && !changed.some((file) => passesPatterns(file, paths))) return no('no changed file matches its paths')
  if (ignored && changed.length > 0 && changed.every((file) => passesPatterns(file, ignored))) return no('all changed files are in paths that it ignores')
  return { isTriggered: true }
}

/** Commit messages that ask for no run. @see https://docs.github.com/actions/managing-workflow-runs/skipping-workflow-runs */
export function asksToSkip(message: string): boolean {
  return /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]/.test(message)
}

function no(reason: string): TriggerVerdict {
  return { isTriggered: false, reason }
}
