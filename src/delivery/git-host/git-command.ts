import path from 'node:path'
import { runProcess, type ProcessInput, type ProcessResult } from '#kernel/node/process'
import { gitHostFaults } from './git-host-faults.ts'

/** Largest pack that a push may bring. */
const MAX_PUSH_BYTES = 4 * 1024 ** 3

/** Where things lie below the Git host's root. */
export interface GitFolders {
  root: string
  hooks: string
  /** Half-made and half-deleted repositories, temporary indexes. */
  work: string
}

/** The places below `root`. */
export function gitFolders(root: string): GitFolders {
  const absolute = path.resolve(root)
  return { root: absolute, hooks: path.join(absolute, '.hooks'), work: path.join(absolute, '.work') }
}

/**
 * What every git process of the host gets: no configuration, attributes, hooks, replacements or transports but ours.
 * `safe.directory` and hooks count only from a protected scope, which these variables are (git-config(1), SCOPES).
 */
export function gitEnvironment(folders: GitFolders): Record<string, string | undefined> {
  const settings: [string, string][] = [
    ['safe.directory', '*'],
    ['core.hooksPath', folders.hooks],
    ['core.fsync', 'committed,reference'],
    ['core.fsyncMethod', 'batch'],
    ['core.quotePath', 'false'],
    ['gc.autoDetach', 'false'],
    ['http.receivepack', 'true'],
    ['http.getanyfile', 'false'],
    ['receive.fsckObjects', 'true'],
    ['receive.denyDeleteCurrent', 'ignore'], // our own hook refuses, in words of ours
    ['receive.maxInputSize', String(MAX_PUSH_BYTES)],
    ['receive.advertisePushOptions', 'false'],
    ['transfer.hideRefs', 'refs/fairway'],
    ['receive.hideRefs', 'refs/pull'], // fetched by who wants them, written by nobody
    ['uploadpack.allowFilter', 'true'],
    ['protocol.version', '2'],
    ['protocol.allow', 'never'],
  ]
  return {
    HOME: undefined,
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: 'none',
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  }
}

/** One call of git. `input` goes to its standard input; more output than `maxOutputBytes` (default 64 MiB) is a fault. */
export interface GitRun {
  args: readonly string[]
  input?: ProcessInput
  env?: Readonly<Record<string, string>>
  maxOutputBytes?: number
  signal?: AbortSignal
}

/** Runs git on one bare repository; any exit code is an answer. @throws `delivery.git_host.failed` when it can't run or takes longer than five minutes. */
export async function runGit(folders: GitFolders, gitDir: string, run: GitRun): Promise<ProcessResult> {
  return await runProcess({
    command: 'git',
    args: run.args,
    cwd: gitDir,
    env: { ...gitEnvironment(folders), GIT_DIR: gitDir, ...run.env },
    timeoutMs: 300_000,
    maxOutputBytes: run.maxOutputBytes ?? 64 * 1024 * 1024,
    ...(run.input === undefined ? {} : { input: run.input }),
    ...(run.signal === undefined ? {} : { signal: run.signal }),
  })
}

/** As `runGit`, but a non-zero exit is a fault. @throws `delivery.git_host.failed`. */
export async function git(folders: GitFolders, gitDir: string, run: GitRun): Promise<Buffer> {
  const result = await runGit(folders, gitDir, run)
  if (result.exitCode !== 0) throw gitFailure(gitDir, result.stderr)
  return result.stdout
}

/** What git said, as a fault without the folder's name. */
export function gitFailure(gitDir: string, stderr: Buffer): Error {
  const repository = path.basename(gitDir, '.git')
  const what = stderr.toString('utf8').trim().split('\n').slice(-2).join(' / ').replaceAll(gitDir, repository).slice(0, 300)
  return gitHostFaults.failed({ repository, what: what === '' ? 'no message' : what })
}
