import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { runProcess } from '#kernel/node/process'
import { pipelineFaults } from '../pipeline-faults.ts'
import { findProgram } from '../runner/shell.ts'
import type { ActionContext, BuiltInAction } from './action.ts'
import { hashFiles } from './hash-files.ts'
import { folderNameOf, npmCacheFolder } from './npm-cache.ts'
import { fits } from './version-range.ts'

/**
 * `actions/setup-node`: puts a node that is there in front of `PATH`, the one that fits best of the platform's own and the one on `PATH`.
 * Nothing is downloaded; when another version was asked for, a notice says which one runs.
 */
export const setupNode: BuiltInAction = {
  inputs: {
    'node-version': {},
    'node-version-file': {},
    cache: {},
    'cache-dependency-path': {},
    ...Object.fromEntries(
      ['architecture', 'check-latest', 'registry-url', 'scope', 'token', 'always-auth', 'mirror', 'mirror-token', 'package-manager-cache'].map((name) => [
        name,
        {},
      ]),
    ),
  },
  run: async (context) => {
    const wanted = await wantedVersion(context)
    const found = await availableNodes(context)
    const fitting = found.find((node) => fits(wanted, node.version))
    const chosen = fitting ?? found[0]
    if (!chosen) throw pipelineFaults.action_failed({ action: 'actions/setup-node', what: 'there is no node on this machine' })
    if (!fitting)
      context.annotate(
        'notice',
        `Node.js ${wanted} was asked for; this runner has ${found.map((node) => node.version).join(' and ')}, and uses ${chosen.version}.`,
      )
    context.addPath(path.dirname(chosen.file))
    context.setOutput('node-version', chosen.version)
    context.log(`Node.js ${chosen.version} from ${chosen.file}`)
    await useCache(context)
  },
  post: {
    name: 'Post actions/setup-node',
    onlyOnSuccess: true,
    run: async ({ state, log }) => {
      const marker = state.get('marker')
      if (marker === undefined || existsSync(marker)) return
      await mkdir(path.dirname(marker), { recursive: true })
      await writeFile(marker, '')
      log('The npm cache is kept for this lockfile.')
    },
  },
}

async function useCache(context: ActionContext): Promise<void> {
  const kind = context.inputs['cache']
  if (!kind) return
  if (kind !== 'npm') return context.annotate('notice', `The cache "${kind}" is not kept by this runner; it keeps "npm".`)
  const patterns = (context.inputs['cache-dependency-path'] || '**/package-lock.json').split('\n')
  const hash = hashFiles(context.workspace, patterns)
  if (hash === '')
    throw pipelineFaults.action_failed({ action: 'actions/setup-node', what: `no lockfile matches "${patterns.join(', ')}": check out the repository first` })
  const marker = path.join(npmCacheFolder(context.services.cacheDir, context.run.repository), '.fairway', folderNameOf(hash))
  context.state.set('marker', marker)
  // What the lockfile names is checked by its hash, so there is nothing to ask the registry for when the cache has it.
  context.exportVariable('npm_config_prefer_offline', 'true')
  context.setOutput('cache-hit', String(existsSync(marker)))
}

async function wantedVersion({ inputs, workspace }: ActionContext): Promise<string> {
  if (inputs['node-version']) return inputs['node-version']
  const file = inputs['node-version-file']
  if (!file) return '*'
  const text = await readFile(path.join(workspace, file), 'utf8').catch(() => {
    throw pipelineFaults.action_failed({ action: 'actions/setup-node', what: `there is no file "${file}"` })
  })
  if (!file.endsWith('package.json')) return text.trim()
  const manifest = JSON.parse(text) as { volta?: { node?: string }; engines?: { node?: string } }
  return manifest.volta?.node ?? manifest.engines?.node ?? '*'
}

interface NodeOnDisk {
  file: string
  version: string
}

async function availableNodes({ env, signal }: ActionContext): Promise<NodeOnDisk[]> {
  const own = { file: process.execPath, version: process.version.slice(1) }
  const onPath = findProgram('node', env['PATH'] ?? '')
  if (onPath === undefined || onPath === own.file) return [own]
  const result = await runProcess({ command: onPath, args: ['--version'], timeoutMs: 10_000, signal }).catch(() => undefined)
  const version = result?.stdout.toString('utf8').trim().replace(/^v/, '') ?? ''
  return /^\d+\.\d+\.\d+/.test(version) && version !== own.version ? [own, { file: onPath, version }] : [own]
}
