import type { GitFolders } from './git-command.ts'
import { gitHostFaults } from './git-host-faults.ts'
import type { Branch, Repository } from './git-host.ts'
import { assertBranch, ZERO_SHA } from './git-names.ts'
import { resolveCommit } from './git-reader.ts'
import { readRef, readRefs } from './git-refs.ts'
import { dropRef, moveRef } from './pull-request-git.ts'
import type { PushRecorder } from './push-recorder.ts'

/** What the branches of a bare repository are worked on with. */
export interface LocalBranchesDeps {
  folders: GitFolders
  recorder: Pick<PushRecorder, 'begin' | 'end'>
  gitDirOf: (repository: Repository) => string
}

const HEADS = 'refs/heads/'

/** A page of branches by name. */
export async function listBranches(
  gitDir: string,
  page: { prefix?: string; limit?: number; cursor?: string | undefined },
): Promise<{ items: Branch[]; nextCursor: string | null }> {
  const limit = Math.min(Math.max(page.limit ?? 100, 1), 200)
  const start = HEADS + (page.prefix ?? '')
  const names = [...(await readRefs(gitDir))]
    .filter(([ref]) => ref.startsWith(start) && ref.slice(HEADS.length) > (page.cursor ?? ''))
    .map(([ref, sha]) => ({ name: ref.slice(HEADS.length), sha }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const items = names.slice(0, limit)
  return { items, nextCursor: names.length > limit ? (items.at(-1)?.name ?? null) : null }
}

/** See `GitHost.ensureBranch`. */
export async function ensureBranch(
  deps: LocalBranchesDeps,
  repository: Repository,
  request: { branch: string; from: string; actor: string },
): Promise<{ sha: string }> {
  assertBranch(request.branch)
  const ref = HEADS + request.branch
  const gitDir = deps.gitDirOf(repository)
  const known = await readRef(gitDir, ref)
  if (known !== undefined) return { sha: known }
  const sha = await resolveCommit(deps.folders, gitDir, request.from)
  if (sha === undefined) throw gitHostFaults.ref_not_found({ repository: nameOf(repository), ref: request.from })
  const writeId = await deps.recorder.begin(repository, request.actor, [{ ref, before: ZERO_SHA, after: sha }])
  try {
    if (await moveRef(deps.folders, gitDir, ref, sha, ZERO_SHA)) return { sha }
  } finally {
    await deps.recorder.end(repository, writeId)
  }
  const made = await readRef(gitDir, ref)
  if (made !== undefined) return { sha: made }
  throw gitHostFaults.bad_name({ what: 'branch', value: request.branch, rule: 'no branch may be the folder of another, as "a" of "a/b"' })
}

/** See `GitHost.deleteBranch`. */
export async function deleteBranch(
  deps: LocalBranchesDeps,
  repository: Repository,
  request: { branch: string; actor: string; expectedSha?: string },
): Promise<void> {
  assertBranch(request.branch)
  const which = { repository: nameOf(repository), branch: request.branch }
  if (request.branch === repository.defaultBranch) throw gitHostFaults.default_branch(which)
  const ref = HEADS + request.branch
  const gitDir = deps.gitDirOf(repository)
  const found = await readRef(gitDir, ref)
  if (found === undefined) return
  const expected = request.expectedSha ?? found
  if (found !== expected) throw gitHostFaults.stale_parent({ ...which, expected, found })
  const writeId = await deps.recorder.begin(repository, request.actor, [{ ref, before: found, after: ZERO_SHA }])
  try {
    await dropRef(deps.folders, gitDir, ref, found)
  } finally {
    await deps.recorder.end(repository, writeId)
  }
  const left = await readRef(gitDir, ref)
  if (left !== undefined) throw gitHostFaults.stale_parent({ ...which, expected, found: left })
}

function nameOf(repository: Repository): string {
  return `${repository.owner}/${repository.name}`
}
