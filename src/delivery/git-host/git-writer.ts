import { newId } from '#kernel/common/id'
import { git, runGit, type GitFolders } from './git-command.ts'
import type { CommitRequest, FileWrite } from './git-host.ts'
import { ZERO_SHA } from './git-names.ts'

/** Where a commit waits before a branch leads to it: hidden from clients, and gone after the write. */
export const SCRATCH = 'refs/fairway/scratch'

/** A commit that is stored, but that no branch leads to yet. */
export interface PreparedCommit {
  sha: string
  scratchRef: string
  /** Its files are those of its parent. */
  isUnchanged: boolean
}

/** Stores a commit on top of `parent` by one `git fast-import`, without a working tree. Always follow with `moveBranch` or `dropScratch`. */
export async function prepareCommit(
  folders: GitFolders,
  gitDir: string,
  request: CommitRequest,
  parent: string | undefined,
  at: Date,
): Promise<PreparedCommit> {
  const scratchRef = `${SCRATCH}/${newId('commit')}`
  const input = Buffer.concat([...importStream(request, scratchRef, parent, at)])
  const output = await git(folders, gitDir, { args: ['fast-import', '--quiet', '--done', '--date-format=raw'], input })
  const sha = output.toString('utf8').trim()
  if (parent === undefined) return { sha, scratchRef, isUnchanged: false }
  const trees = (await git(folders, gitDir, { args: ['rev-parse', `${sha}^{tree}`, `${parent}^{tree}`] })).toString('utf8').trim().split('\n')
  return { sha, scratchRef, isUnchanged: trees[0] === trees[1] }
}

/** Moves the branch from `parent` to the commit, if it is still at `parent`, and drops the scratch ref: both or neither. @returns whether it did. */
export async function moveBranch(folders: GitFolders, gitDir: string, branch: string, commit: PreparedCommit, parent: string | undefined): Promise<boolean> {
  const commands = ['start', `update refs/heads/${branch} ${commit.sha} ${parent ?? ZERO_SHA}`, `delete ${commit.scratchRef}`, 'prepare', 'commit', '']
  const result = await runGit(folders, gitDir, { args: ['update-ref', '--stdin'], input: commands.join('\n') })
  if (result.exitCode === 0) return true
  await dropScratch(folders, gitDir, commit)
  return false
}

/** Throws away the objects of a commit that was prepared and not used. */
export async function dropScratch(folders: GitFolders, gitDir: string, commit: PreparedCommit): Promise<void> {
  await git(folders, gitDir, { args: ['update-ref', '-d', commit.scratchRef] })
}

/** git-fast-import(1), INPUT FORMAT. Paths were checked before; message and file bytes go by length, so nothing in them is a command. */
function* importStream(request: CommitRequest, ref: string, parent: string | undefined, at: Date): Generator<Buffer> {
  const when = `${Math.floor(at.getTime() / 1000)} +0000`
  const who = `${plain(request.author.name, 'Fairway')} <${plain(request.author.email, 'fairway@localhost')}> ${when}`
  const message = Buffer.from(request.message.replaceAll('\0', '').trimEnd() + '\n')
  yield text(`commit ${ref}\nmark :1\nauthor ${who}\ncommitter ${who}\ndata ${message.length}\n`)
  yield message
  if (parent !== undefined) yield text(`from ${parent}\n`)
  for (const file of request.files) yield* fileCommand(file)
  yield text('get-mark :1\ndone\n')
}

function* fileCommand(file: FileWrite): Generator<Buffer> {
  const quoted = `"${file.path.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  if (file.content === null) return yield text(`D ${quoted}\n`)
  yield text(`M ${file.mode ?? '100644'} inline ${quoted}\ndata ${file.content.byteLength}\n`)
  yield Buffer.from(file.content.buffer, file.content.byteOffset, file.content.byteLength)
  return yield text('\n')
}

function text(line: string): Buffer {
  return Buffer.from(line, 'utf8')
}

/** A name or address as a commit header can hold it: no line ends, no angle brackets. */
function plain(value: string, otherwise: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken away
  const cleaned = value.replaceAll(/[<>\u0000-\u001f]/g, '').trim()
  return cleaned === '' ? otherwise : cleaned
}
