import { isFault } from '#kernel/common/fault'
import { git, gitFailure, runGit, type GitFolders } from './git-command.ts'
import { parseDiffEntries, splitPatches, type DiffEntry } from './parse-diff.ts'
import type { FileDiff, PullRequestDiff } from './pull-request.ts'

/** What a three-way merge of two commits comes to: a tree that is stored, or the files that conflict. */
export type MergeResult = { tree: string } | { conflicts: string[] }

const MAX_FILES = 300
/** Altered lines that are shown of one file, and of all. */
const MAX_FILE_LINES = 3_000
const MAX_LINES = 20_000
/** Bytes of one patch: a line can be long. */
const MAX_PATCH_BYTES = 256 * 1024
const MAX_DIFF_BYTES = 16 * 1024 * 1024

/** Whether a commit is in the history of another; not, when either is not there. */
export async function isAncestor(folders: GitFolders, gitDir: string, commit: string, history: string): Promise<boolean> {
  return (await runGit(folders, gitDir, { args: ['merge-base', '--is-ancestor', commit, history] })).exitCode === 0
}

/** Where two commits parted; undefined when they share nothing. */
export async function mergeBase(folders: GitFolders, gitDir: string, one: string, other: string): Promise<string | undefined> {
  const result = await runGit(folders, gitDir, { args: ['merge-base', one, other] })
  return result.exitCode === 0 ? result.stdout.toString('utf8').trim() : undefined
}

/** Merges two commits without a working tree (git-merge-tree(1), from Git 2.38). @throws `delivery.git_host.failed`. */
export async function mergeTrees(folders: GitFolders, gitDir: string, target: string, head: string): Promise<MergeResult> {
  const result = await runGit(folders, gitDir, { args: ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', target, head] })
  const [tree = '', ...conflicts] = result.stdout.toString('utf8').split('\0')
  if (result.exitCode === 0) return { tree: tree.trim() }
  if (result.exitCode === 1) return { conflicts: [...new Set(conflicts.filter((path) => path !== ''))].sort() }
  throw gitFailure(gitDir, isTooOld(result.stderr) ? Buffer.from('merging needs Git 2.38 or newer on this machine') : result.stderr)
}

/** What an older Git says to `merge-tree --write-tree`: its own usage. */
function isTooOld(stderr: Buffer): boolean {
  return /usage: git merge-tree/.test(stderr.toString('utf8'))
}

/** Stores a commit that no branch leads to yet. */
export async function storeCommit(
  folders: GitFolders,
  gitDir: string,
  commit: { tree: string; parents: readonly string[]; message: string; author: string; committer: string; at: Date },
): Promise<string> {
  const when = `${Math.floor(commit.at.getTime() / 1000)} +0000`
  const env = {
    GIT_AUTHOR_NAME: commit.author,
    GIT_AUTHOR_EMAIL: `${commit.author}@localhost`,
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_NAME: commit.committer,
    GIT_COMMITTER_EMAIL: `${commit.committer}@localhost`,
    GIT_COMMITTER_DATE: when,
  }
  const args = ['commit-tree', commit.tree, ...commit.parents.flatMap((parent) => ['-p', parent]), '-F', '-']
  const input = `${commit.message.replaceAll('\0', '').trimEnd()}\n`
  return (await git(folders, gitDir, { args, env, input })).toString('utf8').trim()
}

/** Moves a ref from one commit to another, if it still is at the first (zeros: is not there). @returns whether it did. */
export async function moveRef(folders: GitFolders, gitDir: string, ref: string, after: string, before: string): Promise<boolean> {
  return (await runGit(folders, gitDir, { args: ['update-ref', ref, after, before] })).exitCode === 0
}

/** Deletes a ref, if it still is at a commit. @returns whether it did. */
export async function dropRef(folders: GitFolders, gitDir: string, ref: string, before: string): Promise<boolean> {
  return (await runGit(folders, gitDir, { args: ['update-ref', '-d', ref, before] })).exitCode === 0
}

/** Keeps a pull request's commits, whatever becomes of its branch; Git clients may fetch the ref. Failing at it loses nothing today. */
export async function keepHead(folders: GitFolders, gitDir: string, number: number, sha: string): Promise<void> {
  await runGit(folders, gitDir, { args: ['update-ref', `refs/pull/${number}/head`, sha] })
}

/** What differs between two commits, renames told as such, large and binary files by name only. */
export async function diffCommits(folders: GitFolders, gitDir: string, base: string, head: string): Promise<PullRequestDiff> {
  const common = ['diff-tree', '-r', '-M', '--no-ext-diff', '--no-textconv', '--no-color']
  const listed = await git(folders, gitDir, { args: [...common, '-z', '--raw', '--numstat', base, head] })
  const entries = parseDiffEntries(listed.toString('utf8'))
  const told = entries.slice(0, MAX_FILES)
  const shown = withinLimits(told)
  const paths = shown.flatMap((entry) => (entry.previousPath === undefined ? [entry.path] : [entry.previousPath, entry.path]))
  const patches = paths.length === 0 ? [] : splitPatches(await readPatches(folders, gitDir, [...common, '-p', base, head, '--', ...paths]))
  // Git tells them in the order of the list; anything else would put hunks below the wrong name.
  const patchOf = new Map(patches.length === shown.length ? shown.map((entry, index) => [entry.path, patches[index]]) : [])
  const files = told.map((entry): FileDiff => {
    const patch = patchOf.get(entry.path)
    const { path, previousPath, status } = entry
    return {
      path,
      ...(previousPath === undefined ? {} : { previousPath }),
      status,
      patch: patch === undefined || patch.length > MAX_PATCH_BYTES ? null : patch,
    }
  })
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), isTruncated: entries.length > told.length }
}

function withinLimits(entries: readonly DiffEntry[]): DiffEntry[] {
  let left = MAX_LINES
  return entries.filter((entry) => {
    if (entry.addedLines === null || entry.removedLines === null) return false
    const lines = entry.addedLines + entry.removedLines
    if (lines > MAX_FILE_LINES || lines > left) return false
    left -= lines
    return true
  })
}

async function readPatches(folders: GitFolders, gitDir: string, args: readonly string[]): Promise<string> {
  try {
    return (await git(folders, gitDir, { args, maxOutputBytes: MAX_DIFF_BYTES })).toString('utf8')
  } catch (error) {
    if (isFault(error, 'kernel.process.too_much_output')) return ''
    throw error
  }
}
