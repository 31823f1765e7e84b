import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** An edit of one file of a checkout: its text before to its text after. */
export interface Edit {
  file: string
  edit: (text: string) => string
}

/**
 * Does what a developer does: clones by plain git over HTTP with a token, edits, commits, pushes to the default branch.
 * The token goes through an environment variable that git's credential helper prints, so it stands in no argument and no file.
 */
export async function pushCommit(options: {
  cloneUrl: string
  token: string
  author: { name: string; email: string }
  message: string
  edits: readonly Edit[]
}): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairway-walk-'))
  const environment = { ...gitEnvironment(options.author), FAIRWAY_WALK_TOKEN: options.token }
  const git = async (...args: string[]): Promise<string> => {
    const helper = '!f() { echo username=token; echo "password=$FAIRWAY_WALK_TOKEN"; }; f'
    const { stdout } = await run('git', ['-c', `credential.helper=${helper}`, ...args], { cwd: folder, env: environment })
    return stdout.trim()
  }
  try {
    await git('clone', '--quiet', options.cloneUrl, 'checkout')
    for (const { file, edit } of options.edits) {
      const target = path.join(folder, 'checkout', file)
      const before = await readFile(target, 'utf8')
      const after = edit(before)
      if (after === before) throw new Error(`${file} has nothing to change for "${options.message}"`)
      await writeFile(target, after)
    }
    await git('-C', 'checkout', 'commit', '--quiet', '--all', '-m', options.message)
    await git('-C', 'checkout', 'push', '--quiet', 'origin', 'HEAD')
    return await git('-C', 'checkout', 'rev-parse', 'HEAD')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function gitEnvironment(author: { name: string; email: string }): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: tmpdir(),
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
  }
}
