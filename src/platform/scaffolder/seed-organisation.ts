import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Logger } from '#kernel/node/log'
import type { GitHost, Repository } from '#delivery/git-host'
import type { TemplateFile } from './actions/index.ts'
import { digestOf } from './creation-render.ts'

export interface SeedDeps {
  /** Root of the checkout, with the folders `organisation/` and `golden-paths/`. */
  checkout: string
  host: Pick<GitHost, 'findRepository' | 'createRepository' | 'commitFiles' | 'resolveRef' | 'log' | 'listTree'>
  log: Logger
}

/** Repositories that a platform starts with, and the folders of the checkout that they are seeded from. */
const SEEDED = [
  { owner: 'fairway', name: 'organisation', folder: 'organisation', description: 'Teams, environments, recipes and policies' },
  { owner: 'fairway', name: 'golden-paths', folder: 'golden-paths', description: 'Templates for new services' },
] as const

const SYSTEM = 'system:fairway'
const SKIPPED = new Set(['.git', 'node_modules', '.DS_Store'])

export type SeedOutcome = 'seeded' | 'updated' | 'unchanged' | 'edited'

/**
 * Puts the starter organisation and the golden paths into their repositories. Idempotent, and safe to cut off anywhere.
 * What ships newer is committed while nobody but us has committed; once people have edited a repository, it is theirs and stays as it is.
 */
export async function seedOrganisation(deps: SeedDeps): Promise<Record<string, SeedOutcome>> {
  const outcomes: Record<string, SeedOutcome> = {}
  for (const { owner, name, folder, description } of SEEDED) {
    const files = await readTree(path.join(deps.checkout, folder))
    const repository = (await deps.host.findRepository(owner, name)) ?? (await deps.host.createRepository({ owner, name, description, createdBy: SYSTEM }))
    const outcome = await seed(deps, repository, files)
    outcomes[`${owner}/${name}`] = outcome
    deps.log.info(`${owner}/${name}: ${outcome}`, { repository: `${owner}/${name}`, count: files.length })
  }
  return outcomes
}

async function seed(deps: SeedDeps, repository: Repository, files: readonly TemplateFile[]): Promise<SeedOutcome> {
  const at = { owner: repository.owner, name: repository.name }
  const mark = `Fairway-Seed: ${digestOf(files)}`
  const head = await deps.host.resolveRef({ ...at, ref: `refs/heads/${repository.defaultBranch}` })
  const [last] = head === undefined ? [] : await deps.host.log({ ...at, ref: head, limit: 1 })
  if (last?.message.includes(mark)) return 'unchanged'
  if (last && !/^Fairway-Seed: sha256:/m.test(last.message)) return 'edited'
  const shipped = new Set(files.map((file) => file.path))
  const present = head === undefined ? [] : await deps.host.listTree({ ...at, ref: head, recursive: true })
  const gone = present.filter((entry) => entry.type !== 'folder' && !shipped.has(entry.path)).map((entry) => ({ path: entry.path, content: null }))
  await deps.host.commitFiles({
    ...at,
    branch: repository.defaultBranch,
    message: `${head === undefined ? 'Start' : 'Update'} from what ships with Fairway\n\n${mark}\n`,
    author: { name: 'Fairway', email: 'fairway@fairway.localhost' },
    pusher: SYSTEM,
    expectedParent: head ?? null,
    files: [...files.map((file) => ({ path: file.path, content: file.content, mode: file.isExecutable ? ('100755' as const) : ('100644' as const) })), ...gone],
  })
  return head === undefined ? 'seeded' : 'updated'
}

async function readTree(root: string): Promise<TemplateFile[]> {
  const files: TemplateFile[] = []
  const visit = async (folder: string): Promise<void> => {
    for (const entry of (await readdir(path.join(root, folder), { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const relative = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (SKIPPED.has(entry.name)) continue
      if (entry.isDirectory()) await visit(relative)
      else if (entry.isFile()) {
        const file = path.join(root, relative)
        files.push({ path: relative, content: await readFile(file), isExecutable: ((await stat(file)).mode & 0o100) !== 0 })
      }
    }
  }
  await visit('')
  return files
}
