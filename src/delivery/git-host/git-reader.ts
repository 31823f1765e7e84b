import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { isFault } from '#kernel/common/fault'
import { startProcess } from '#kernel/node/process'
import type { Commit, TreeEntry } from './git-host.ts'
import { git, gitEnvironment, runGit, type GitFolders } from './git-command.ts'
import { assertFilePath, revisionsOf } from './git-names.ts'
import { readRef } from './git-refs.ts'

/** The commit that a ref leads to; undefined when there is none. */
export async function resolveCommit(folders: GitFolders, gitDir: string, ref: string): Promise<string | undefined> {
  for (const revision of revisionsOf(ref)) {
    if (revision.startsWith('refs/heads/')) {
      // A branch is always a commit, and its file says which: no process for the commonest question.
      const sha = await readRef(gitDir, revision)
      if (sha !== undefined) return sha
      continue
    }
    const result = await runGit(folders, gitDir, { args: ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`] })
    if (result.exitCode === 0) return result.stdout.toString('utf8').trim()
  }
  return undefined
}

/** The bytes of a file in a commit; `absent` when there is none, `large` over the limit. */
export async function readBlob(folders: GitFolders, gitDir: string, sha: string, filePath: string, maxBytes: number): Promise<Buffer | 'absent' | 'large'> {
  assertFilePath(filePath)
  let output: Buffer
  try {
    output = await git(folders, gitDir, { args: ['cat-file', '--batch'], input: `${sha}:${filePath}\n`, maxOutputBytes: maxBytes + MAX_BATCH_HEADER_BYTES })
  } catch (error) {
    if (isFault(error, 'kernel.process.too_much_output')) return 'large'
    throw error
  }
  // `<id> <type> <size>`, a line end, the content, a line end (git-cat-file(1), BATCH OUTPUT); the file's own name may be quoted instead.
  const end = output.indexOf('\n')
  const match = /^[0-9a-f]{40} blob (\d+)$/.exec(output.toString('latin1', 0, end))
  if (!match) return 'absent'
  const sizeBytes = Number(match[1])
  return sizeBytes > maxBytes ? 'large' : output.subarray(end + 1, end + 1 + sizeBytes)
}

const MAX_BATCH_HEADER_BYTES = 4_096
const TYPES: Record<string, TreeEntry['type']> = { '040000': 'folder', '160000': 'submodule', '120000': 'link' }

/** Entries of a folder of a commit, or of all below it; undefined when there is no such folder. */
export async function readTree(folders: GitFolders, gitDir: string, sha: string, folder: string, recursive: boolean): Promise<TreeEntry[] | undefined> {
  if (folder !== '') assertFilePath(folder)
  const args = ['ls-tree', '-z', '-l', '--full-tree', ...(recursive ? ['-r'] : []), sha, ...(folder === '' ? [] : ['--', `${folder}/`])]
  const output = (await git(folders, gitDir, { args })).toString('utf8')
  const entries = output.split('\0').flatMap((line): TreeEntry[] => {
    const match = /^(\d{6}) \w+ ([0-9a-f]{40}) +(\d+|-)\t(.+)$/s.exec(line)
    const [, mode, objectSha, size, entryPath] = match ?? []
    if (mode === undefined || objectSha === undefined || entryPath === undefined) return []
    return [{ path: entryPath, type: TYPES[mode] ?? 'file', mode, sha: objectSha, sizeBytes: size === '-' ? null : Number(size) }]
  })
  return folder !== '' && entries.length === 0 ? undefined : entries
}

const LOG_FORMAT = '%H%n%P%n%an%n%ae%n%cI%n%B'

/** Commits from `sha` back, newest first. */
export async function readLog(folders: GitFolders, gitDir: string, sha: string, limit: number, filePath: string | undefined): Promise<Commit[]> {
  if (filePath !== undefined) assertFilePath(filePath)
  const args = ['log', '-z', `--max-count=${limit}`, `--format=${LOG_FORMAT}`, sha, '--', ...(filePath === undefined ? [] : [filePath])]
  const output = (await git(folders, gitDir, { args })).toString('utf8')
  return output.split('\0').flatMap((record): Commit[] => {
    const [commit, parents, name, email, at, ...message] = record.split('\n')
    if (commit === undefined || commit === '' || at === undefined) return []
    return [
      {
        sha: commit,
        parents: (parents ?? '').split(' ').filter((parent) => parent !== ''),
        message: message.join('\n').trimEnd(),
        author: { name: name ?? '', email: email ?? '' },
        at: new Date(at),
      },
    ]
  })
}

/** The files of a commit as a tar stream; it breaks off with an error when git fails. */
export async function archiveCommit(folders: GitFolders, gitDir: string, sha: string): Promise<Readable> {
  const child = await startProcess({
    command: 'git',
    args: ['archive', '--format=tar', sha],
    cwd: gitDir,
    env: { ...gitEnvironment(folders), GIT_DIR: gitDir },
    timeoutMs: 600_000,
  })
  child.stdin.end()
  child.stderr.resume()
  child.stdout.once('close', () => void child.stop())
  void child.exited.then((exit) => (exit.exitCode === 0 ? undefined : child.stdout.destroy(new Error('git archive failed'))))
  return child.stdout
}

/** Writes a commit's files into `folder`, by a temporary index: no `.git`, no hook, no filter runs. */
export async function checkoutCommit(folders: GitFolders, gitDir: string, sha: string, folder: string): Promise<void> {
  const target = path.resolve(folder)
  await mkdir(target, { recursive: true })
  const index = path.join(folders.work, `index-${randomUUID()}`)
  try {
    const env = { GIT_INDEX_FILE: index, GIT_WORK_TREE: target }
    await git(folders, gitDir, { args: ['read-tree', sha], env })
    await git(folders, gitDir, { args: ['checkout-index', '--all', '--force', `--prefix=${target}/`], env })
  } finally {
    await rm(index, { force: true })
  }
}
