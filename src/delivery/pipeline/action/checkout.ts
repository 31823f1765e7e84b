import { mkdir, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { pipelineFaults } from '../pipeline-faults.ts'
import type { BuiltInAction } from './action.ts'

/** `actions/checkout`: the commit of the run, or another one of the same repository. */
export const checkout: BuiltInAction = {
  inputs: {
    repository: {},
    ref: {},
    path: {},
    'fetch-depth': { default: '1' },
    ...Object.fromEntries(
      [
        'token',
        'ssh-key',
        'persist-credentials',
        'clean',
        'filter',
        'fetch-tags',
        'show-progress',
        'lfs',
        'submodules',
        'set-safe-directory',
        'sparse-checkout',
        'sparse-checkout-cone-mode',
        'ssh-known-hosts',
        'ssh-strict',
        'ssh-user',
        'github-server-url',
      ].map((name) => [name, {}]),
    ),
  },
  run: async ({ inputs, run, workspace, log, setOutput, services, signal }) => {
    const fail = (what: string) => pipelineFaults.action_failed({ action: 'actions/checkout', what })
    const repository = inputs['repository'] || run.repository
    if (repository !== run.repository) throw fail(`it can check out "${run.repository}" only, not "${repository}"`)
    const wanted = inputs['ref'] || run.commit
    const resolved = wanted === run.commit ? { sha: run.commit } : await services.source.resolve(repository, wanted)
    if (!resolved) throw fail(`"${wanted}" is no branch, tag or commit of "${repository}"`)
    const folder = path.resolve(workspace, inputs['path'] ?? '')
    if (folder !== workspace && !folder.startsWith(`${workspace}/`))
      throw pipelineFaults.unsafe_path({ path: inputs['path'] ?? '', why: 'it leads out of the workspace' })
    await mkdir(folder, { recursive: true })
    if ((await readdir(folder)).length > 0) await emptyFolder(folder)
    log(`Checking out ${repository} at ${resolved.sha}`)
    await services.source.checkout(repository, resolved.sha, folder, { depth: Number(inputs['fetch-depth'] ?? 1) || 0, signal })
    setOutput('ref', wanted)
    setOutput('commit', resolved.sha)
  },
}

/** A checkout into a folder with files replaces them, as `clean` of GitHub's action does. */
async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true, force: true })
}
