import { mkdir, readlink, lstat, readdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import { pipelineFaults } from '../pipeline-faults.ts'
import type { ActionContext, BuiltInAction } from './action.ts'
import { CacheStore, cacheVersion } from './cache-store.ts'
import { expandHome, findFiles } from './find-files.ts'
import type { ArchiveFile } from './tar.ts'

const inputs: BuiltInAction['inputs'] = {
  path: { required: true },
  key: { required: true },
  'restore-keys': {},
  'fail-on-cache-miss': { default: 'false' },
  'lookup-only': { default: 'false' },
  'upload-chunk-size': {},
  enableCrossOsArchive: {},
  'save-always': {},
}

/** `actions/cache`: restores at its place, saves at the end of a green job when the key was new. */
export const cache: BuiltInAction = {
  inputs,
  run: restore,
  post: {
    name: 'Post actions/cache',
    onlyOnSuccess: true,
    run: async (context) => (context.state.get('hit') === 'true' ? context.log('The key was there already; nothing is saved.') : await save(context)),
  },
}

/** `actions/cache/restore`. */
export const cacheRestore: BuiltInAction = { inputs, run: restore }
/** `actions/cache/save`. */
export const cacheSave: BuiltInAction = { inputs, run: save }

async function restore(context: ActionContext): Promise<void> {
  const { inputs: given, log, setOutput, state } = context
  const key = given['key'] ?? ''
  const paths = pathsOf(context)
  const entry = await storeOf(context).find(key, linesOf(given['restore-keys']), cacheVersion(paths))
  const isThere = entry !== undefined && (given['lookup-only'] === 'true' || (await restoreInto(context, entry)))
  setOutput('cache-primary-key', key)
  setOutput('cache-hit', String(isThere && entry.key === key))
  if (isThere) setOutput('cache-matched-key', entry.key)
  state.set('hit', String(isThere && entry.key === key))
  log(isThere ? `Cache restored from key: ${entry.key}` : `Cache not found for key: ${key}`)
  if (!isThere && given['fail-on-cache-miss'] === 'true')
    throw pipelineFaults.action_failed({ action: 'actions/cache', what: `there is no entry for the key "${key}"` })
}

async function save(context: ActionContext): Promise<void> {
  const key = context.inputs['key'] ?? ''
  const paths = pathsOf(context)
  const root = rootOf(context, paths)
  const files: ArchiveFile[] = []
  for (const wanted of paths) for await (const file of allBelow(wanted, context, root)) files.push({ name: path.relative(root, file), file })
  if (files.length === 0) return context.annotate('warning', `Nothing is at the path "${paths.join(', ')}"; no cache was saved.`)
  const isSaved = await storeOf(context).save(key, cacheVersion(paths), files)
  context.log(isSaved ? `Cache saved with key: ${key} (${files.length} files)` : `The key ${key} was there already; nothing is saved.`)
}

async function restoreInto(context: ActionContext, entry: { file: string }): Promise<boolean> {
  const root = rootOf(context, pathsOf(context))
  await mkdir(root, { recursive: true })
  return await storeOf(context).restore(entry, root)
}

function storeOf({ services, run }: ActionContext): CacheStore {
  const payload = run.payload as { repository?: { default_branch?: string }; pull_request?: { base?: { ref?: string } } }
  const shared = [payload.pull_request?.base?.ref, payload.repository?.default_branch].flatMap((branch) =>
    branch === undefined ? [] : [`refs/heads/${branch}`],
  )
  return new CacheStore(services.cacheDir, run.repository, [...new Set([run.ref, ...shared])])
}

/** Paths below the workspace are kept relative to it, so that another job's workspace gets them; others must be below home or the temporary folder. */
function pathsOf(context: ActionContext): string[] {
  return linesOf(context.inputs['path']).filter((line) => !line.startsWith('!'))
}

function rootOf(context: ActionContext, paths: readonly string[]): string {
  const roots = paths.map((wanted) => {
    const absolute = path.resolve(context.workspace, expandHome(wanted))
    const root = [context.workspace, context.temp, homedir()].find((folder) => absolute === folder || absolute.startsWith(`${folder}/`))
    if (root === undefined) throw pipelineFaults.unsafe_path({ path: wanted, why: 'a cache lies in the workspace, below the home folder or in RUNNER_TEMP' })
    return root
  })
  if (new Set(roots).size > 1)
    throw pipelineFaults.unsafe_path({ path: paths.join(', '), why: 'the paths of one cache lie in one of workspace, home and RUNNER_TEMP, not in several' })
  return roots[0] ?? context.workspace
}

/** Files and links that stay inside; a link that leads out would be a hole at the restore. */
async function* allBelow(wanted: string, context: ActionContext, root: string): AsyncGenerator<string> {
  const absolute = path.resolve(context.workspace, expandHome(wanted))
  const stats = await lstat(absolute).catch(() => undefined)
  if (stats?.isDirectory()) yield* walk(absolute, root)
  else if (stats?.isFile()) yield absolute
  else yield* findFiles([wanted], { base: context.workspace, within: [root] }).files
}

async function* walk(folder: string, root: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) yield* walk(file, root)
    else if (entry.isFile()) yield file
    else if (entry.isSymbolicLink()) {
      const target = await readlink(file)
      if (!path.isAbsolute(target) && path.resolve(path.dirname(file), target).startsWith(`${root}/`)) yield file
    }
  }
}

function linesOf(text: string | undefined): string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}
