import { stringify } from 'yaml'
import { splitRepository, type GitHost } from '#delivery/git-host'
import type { CatalogReader } from '#platform/catalog'
import { importBackstage } from './backstage/import-backstage.ts'
import { importCortex } from './cortex/import-cortex.ts'
import { planImport, refOf, type ImportPlan } from './import-plan.ts'
import type { Format, Imported, InteropFile } from './interop.ts'
import { interopFaults } from './interop-faults.ts'
import { importPort } from './port/import-port.ts'

export interface ImportDeps {
  gitHost: Pick<GitHost, 'findRepository' | 'createRepository' | 'commitFiles' | 'ensureBranch' | 'resolveRef' | 'listTree' | 'pullRequests'>
  catalog: Pick<CatalogReader, 'listByRefs'>
}

export interface ImportRequest {
  format: Format
  files: readonly InteropFile[]
  dryRun: boolean
  /** Where entities go, e.g. `fairway/imported`; made when it is absent. */
  repository: string
  actor: { ref: string; name: string }
}

export interface ImportResult extends ImportPlan {
  repository: string | null
  commit: string | null
  /** Where people merge what needs a review. */
  pullRequest: { repository: string; number: number; url: string } | null
}

const TAKERS: Record<Format, (files: readonly InteropFile[]) => Imported> = { backstage: importBackstage, port: importPort, cortex: importCortex }
const ORGANISATION = 'fairway/organisation'

/** Takes over files of another tool: what a catalog may hold is committed, what gives rights is proposed to the platform's own repository. */
export async function importFiles(deps: ImportDeps, request: ImportRequest): Promise<ImportResult> {
  return await importDocuments(deps, TAKERS[request.format](request.files), request)
}

/** @throws `platform.interop.nothing`. */
export async function importDocuments(deps: ImportDeps, imported: Imported, request: Omit<ImportRequest, 'files'>): Promise<ImportResult> {
  const found = await deps.catalog.listByRefs(imported.documents.map(refOf))
  const plan = planImport(imported, { format: request.format, repository: request.repository, known: found })
  if (plan.entities.length === 0 && imported.problems.length + plan.problems.length > 0)
    throw interopFaults.nothing({ format: request.format }, { errors: plan.problems.slice(0, 100) })
  const result: ImportResult = { ...plan, repository: null, commit: null, pullRequest: null }
  if (request.dryRun) return result
  if (plan.open.length > 0) {
    result.repository = request.repository
    result.commit = await commit(deps, request, plan.open)
  }
  if (plan.reviewed.length > 0) result.pullRequest = await propose(deps, request, plan.reviewed)
  return result
}

async function commit({ gitHost }: ImportDeps, request: Omit<ImportRequest, 'files'>, files: readonly InteropFile[]): Promise<string> {
  const at = splitRepository(request.repository)
  const existing = await gitHost.findRepository(at.owner, at.name)
  const repository =
    existing ?? (await gitHost.createRepository({ ...at, description: 'Entities taken over from other catalogs', createdBy: request.actor.ref }))
  const root = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Location',
    metadata: { name: `imported-${at.name}`.slice(0, 63), description: 'Lists what was taken over from other catalogs' },
    spec: { targets: ['./backstage/*.yaml', './port/*.yaml', './cortex/*.yaml'], presence: 'optional' },
  }
  const gone = existing ? await absentFiles({ gitHost }, { ...at, ref: repository.defaultBranch }, request.format, files) : []
  const hasRoot =
    existing !== undefined && (await listed({ gitHost }, { ...at, ref: repository.defaultBranch })).some((path) => /^catalog-info\.ya?ml$/.test(path))
  const { sha } = await gitHost.commitFiles({
    ...at,
    branch: repository.defaultBranch,
    message: `Take over entities from ${titleOf(request.format)}`,
    author: { name: request.actor.name, email: `${request.actor.ref.slice(request.actor.ref.indexOf('/') + 1)}@fairway.localhost` },
    pusher: request.actor.ref,
    files: [...files.map(encoded), ...gone, ...(hasRoot ? [] : [encoded({ path: 'catalog-info.yaml', text: stringify(root) })])],
  })
  return sha
}

/** Files of an earlier import of this format that are no more: what left the other catalog leaves ours. */
async function absentFiles(
  deps: Pick<ImportDeps, 'gitHost'>,
  at: { owner: string; name: string; ref: string },
  format: Format,
  files: readonly InteropFile[],
): Promise<{ path: string; content: null }[]> {
  const written = new Set(files.map((file) => file.path))
  return (await listed(deps, at)).filter((path) => path.startsWith(`${format}/`) && !written.has(path)).map((path) => ({ path, content: null }))
}

async function listed({ gitHost }: Pick<ImportDeps, 'gitHost'>, at: { owner: string; name: string; ref: string }): Promise<string[]> {
  if ((await gitHost.resolveRef(at)) === undefined) return []
  return (await gitHost.listTree({ ...at, recursive: true })).map((entry) => entry.path)
}

async function propose({ gitHost }: ImportDeps, request: Omit<ImportRequest, 'files'>, files: readonly InteropFile[]): Promise<ImportResult['pullRequest']> {
  const at = splitRepository(ORGANISATION)
  const repository = await gitHost.findRepository(at.owner, at.name)
  if (!repository) return null
  const branch = `import-${request.format}`
  await gitHost.ensureBranch({ ...at, branch, from: repository.defaultBranch, actor: request.actor.ref })
  await gitHost.commitFiles({
    ...at,
    branch,
    message: `Propose what ${titleOf(request.format)} says of people, templates and types`,
    author: { name: request.actor.name, email: `${request.actor.ref.slice(request.actor.ref.indexOf('/') + 1)}@fairway.localhost` },
    pusher: request.actor.ref,
    files: files.map(encoded),
  })
  const opened = await gitHost.pullRequests.open({
    ...at,
    sourceBranch: branch,
    targetBranch: repository.defaultBranch,
    author: request.actor.ref,
    title: `Take over people, templates and types from ${titleOf(request.format)}`,
    body: `${files.length} ${files.length === 1 ? 'file declares' : 'files declare'} what only this repository may declare: groups and people give rights, templates act. Read them, edit them here, then merge.`,
    labels: ['import'],
  })
  return { repository: ORGANISATION, number: opened.number, url: opened.url }
}

const encoded = (file: InteropFile): { path: string; content: Uint8Array } => ({ path: file.path, content: new TextEncoder().encode(file.text) })

function titleOf(format: Format): string {
  return format.charAt(0).toUpperCase() + format.slice(1)
}
