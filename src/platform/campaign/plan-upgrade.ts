import { createHash } from 'node:crypto'
import { isFault } from '#kernel/common/fault'
import type { Database } from '#kernel/node/database'
import type { GitHost } from '#delivery/git-host'
import type { RenderAt, RenderedAt } from '#platform/scaffolder'
import { listFingerprints } from './campaign-store.ts'
import type { Child } from './child.ts'
import { mergeTrees, type MergeConflict, type Tree, type TreeFile, type TreeMerge } from './merge-trees.ts'

/** A repository on whatever host it lies. */
export interface PlacedRepository {
  host: Pick<GitHost, 'findRepository' | 'resolveRef' | 'listTree' | 'readFile' | 'ensureBranch' | 'commitFiles' | 'log' | 'pullRequests'>
  owner: string
  name: string
}

export interface UpgradeDeps {
  db: Database
  renderAt: RenderAt
  /** @returns undefined when its host is none that the platform knows. */
  placeOf(repository: string): Promise<PlacedRepository | undefined>
}

/** What an upgrade of one child would do. */
export type Upgrade =
  | { state: 'up-to-date' }
  | { state: 'upgrade'; merge: TreeMerge; place: PlacedRepository; branch: string; head: string; toVersion: string; base: Tree; theirs: Tree }
  | { state: 'failed'; reason: string }

const MAX_FILE_BYTES = 4 * 1024 * 1024

/** Works out what brings a child to `toCommit` of its template. Reads only. What goes wrong for this child is its answer, not an exception. */
export async function planUpgrade(deps: UpgradeDeps, child: Child, toCommit: string): Promise<Upgrade> {
  try {
    if (child.templateCommit === toCommit) return { state: 'up-to-date' }
    const [from, to] = [await render(deps, child, child.templateCommit), await render(deps, child, toCommit)]
    const theirs = treeOf(to, child.repository)
    const rendered = treeOf(from, child.repository)
    if (!theirs || !rendered) return { state: 'failed', reason: `the template makes no repository ${child.repository} with these values` }
    const base = child.templateCommit === child.createdCommit ? await provenBase(deps.db, child, rendered) : rendered
    const name = { from: `${child.templateRef}@${child.templateCommit}`, to: `${child.templateRef}@${toCommit}` }
    if (!isAltered(mergeTrees({ base: rendered, theirs, ours: rendered }, name), rendered, name)) return { state: 'up-to-date' }
    const place = await deps.placeOf(child.repository)
    const repository = place && (await place.host.findRepository(place.owner, place.name))
    if (!place || !repository) return { state: 'failed', reason: `the repository ${child.repository} is not there` }
    const at = { owner: place.owner, name: place.name }
    const head = await place.host.resolveRef({ ...at, ref: `refs/heads/${repository.defaultBranch}` })
    if (head === undefined) return { state: 'failed', reason: `${child.repository} has no branch ${repository.defaultBranch}` }
    const ours = await readTree(place, head, new Set([...base.keys(), ...theirs.keys()]))
    return {
      state: 'upgrade',
      merge: mergeTrees({ base, theirs, ours }, name),
      place,
      branch: repository.defaultBranch,
      head,
      toVersion: to.templateVersion,
      base,
      theirs,
    }
  } catch (error) {
    if (!isFault(error)) throw error
    return {
      state: 'failed',
      reason:
        error.errors.length === 0
          ? error.message
          : `${error.message}: ${error.errors
              .map((item) => `${item.field}: ${item.message}`)
              .slice(0, 5)
              .join('; ')}`,
    }
  }
}

/** Conflicts in the words of people. */
export function conflictsOf(merge: TreeMerge): Pick<MergeConflict, 'path' | 'reason'>[] {
  return merge.conflicts.map(({ path, reason }) => ({ path, reason }))
}

async function render({ renderAt }: UpgradeDeps, child: Child, commit: string): Promise<RenderedAt> {
  return await renderAt(child.templateRef, commit, child.parameters, child.createdBy, {
    taskId: child.taskId ?? undefined,
    pins: child.pins,
    fillsDefaults: child.fillsDefaults,
  })
}

function treeOf(rendered: RenderedAt, repository: string): Tree | undefined {
  const found = rendered.repositories.find((candidate) => candidate.repository === repository)
  return found && new Map(found.files.map((file) => [file.path, { content: file.content, isExecutable: file.isExecutable }]))
}

/** Without the files that the template does not make any more as it did: of those nobody knows what was an edit, so they are left to people. */
async function provenBase(db: Database, child: Child, rendered: Tree): Promise<Tree> {
  const kept = await listFingerprints(db, child.changeId, child.repository)
  if (kept.size === 0) return rendered
  return new Map([...rendered].filter(([path, file]) => kept.get(path) === createHash('sha256').update(file.content).digest('hex')))
}

/** Whether more than the name of the commit would alter. */
function isAltered(merge: TreeMerge, rendered: Tree, name: { from: string; to: string }): boolean {
  return merge.writes.some(({ path, file }) => {
    const before = rendered.get(path)
    if (file === null || before === undefined || before.isExecutable !== file.isExecutable) return true
    return Buffer.from(before.content).toString('latin1').replaceAll(name.from, name.to) !== Buffer.from(file.content).toString('latin1')
  })
}

async function readTree(place: PlacedRepository, commit: string, wanted: ReadonlySet<string>): Promise<Tree> {
  const at = { owner: place.owner, name: place.name, ref: commit }
  const files = new Map<string, TreeFile>()
  for (const entry of await place.host.listTree({ ...at, recursive: true }))
    if (entry.type === 'file' && wanted.has(entry.path))
      files.set(entry.path, {
        content: await place.host.readFile({ ...at, path: entry.path, maxBytes: MAX_FILE_BYTES }),
        isExecutable: entry.mode === '100755',
      })
  return files
}
