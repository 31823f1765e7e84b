import { childEnvironment } from '#kernel/node/config'
import { runChecked, runProcess } from '#kernel/node/process'

const ZEROS = /^0+$/

/** No configuration of the machine's, no hooks: a job's checkout is what the commit says. */
function gitEnvironment(): Record<string, string> {
  return { ...childEnvironment(), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C.UTF-8' }
}

/**
 * A working copy of a commit with its history, for a job: its objects stay where the repository lies, so this takes milliseconds whatever its size.
 * @param folder exists and is empty.
 */
export async function cloneForJob(gitDir: string, sha: string, folder: string, signal: AbortSignal): Promise<void> {
  const safe = ['-c', 'safe.directory=*', '-c', 'core.hooksPath=/dev/null', '-c', 'advice.detachedHead=false']
  const git = async (...args: string[]): Promise<unknown> =>
    await runChecked({ command: 'git', args: [...safe, ...args], cwd: folder, env: gitEnvironment(), signal })
  await git('clone', '--quiet', '--shared', '--no-checkout', '--no-tags', gitDir, '.')
  await git('checkout', '--quiet', '--detach', sha)
}

/** Paths that differ between two commits; undefined for a new branch. */
export async function changedFiles(gitDir: string, before: string, after: string): Promise<string[] | undefined> {
  if (ZEROS.test(before)) return undefined
  const result = await runProcess({
    command: 'git',
    args: ['-c', 'safe.directory=*', '-c', 'core.quotePath=false', 'diff', '--name-only', '-z', before, after],
    cwd: gitDir,
    env: gitEnvironment(),
  })
  return result.exitCode === 0
    ? result.stdout
        .toString('utf8')
        .split('\0')
        .filter((path) => path !== '')
    : undefined
}
