import { createHash } from 'node:crypto'
import type { EventDraft } from '#kernel/common/event'
import type { FieldProblem } from '#kernel/common/fault'
import type { Database, Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import { tablesOf } from './catalog-tables.ts'
import {
  findHolders,
  listFiles,
  listRefsOfFile,
  lockRepository,
  moveEntity,
  releaseConflicts,
  removeEntities,
  removeFile,
  setEntityProblems,
  upsertEntity,
  upsertFile,
  type FileRow,
} from './catalog-store.ts'
import type { CatalogSource, RepositoryFile } from './catalog-source.ts'
import { readDescriptors } from './descriptor-source.ts'
import { checkEntity } from './entity-check.ts'
import { type DocumentChecks, planFile } from './ingestion-plan.ts'

/** Repositories that may declare people, groups, templates and platform kinds; all their `*.yaml` files are read. */
export interface TrustedRepositories {
  organisation: string
  goldenPaths: string
}

export interface IngestionDeps {
  db: Database
  journal: Journal
  source: CatalogSource
  log: Logger
  trusted: TrustedRepositories
  checks?: DocumentChecks
  /** Told after each commit that altered something, with the refs. */
  onChanged: (refs: readonly string[]) => void
}

export interface Push {
  repository: string
  /** Full name, e.g. `refs/heads/main`. */
  ref: string
  after: string
  pusher?: string
}

/** What an ingestion did, by ref. `problems` are those of all files that were read now. */
export interface IngestionReport {
  added: string[]
  altered: string[]
  removed: string[]
  problems: FieldProblem[]
}

const COMPONENT_FILES = ['catalog-info.yaml', 'catalog-info.yml', 'openslo.yaml']

/** Reads repositories into the catalog. Every method is idempotent; two at once for one repository take turns. */
export class CatalogIngestion {
  readonly #deps: IngestionDeps

  constructor(deps: IngestionDeps) {
    this.#deps = deps
  }

  /** Takes in what a push altered. Pushes to other branches than the default one are none of the catalog's business. */
  async onPush(push: Push): Promise<IngestionReport | undefined> {
    const branch = push.ref.replace(/^refs\/heads\//, '')
    const known = await this.#deps.source.findRepository(push.repository)
    if (known?.defaultBranch !== branch) return undefined
    return await this.ingestRepository(push.repository, branch, push.pusher)
  }

  /** Reads a repository's files at the head of `branch` and takes over what differs from last time, in one transaction. */
  async ingestRepository(repository: string, branch: string, actor = 'system:fairway'): Promise<IngestionReport> {
    const waiting: { repository: string; branch: string }[] = []
    const report = await this.#deps.db.transaction().execute(async (tx) => {
      await lockRepository(tx, repository)
      const found = await this.#deps.source.readFiles(repository, branch, this.#globsOf(repository))
      const result = await this.#apply(tx, { repository, branch, commit: found?.commit ?? '', files: found?.files ?? [] }, waiting)
      await rememberHead(tx, repository, found?.commit ?? null)
      await this.#deps.journal.append(tx, ...eventsOf(result, { repository, commit: found?.commit ?? '', actor }))
      return result
    })
    this.#finish(repository, report)
    for (const other of waiting) if (other.repository !== repository) await this.ingestRepository(other.repository, other.branch, actor)
    return report
  }

  /** The safety net: reads every repository whose head is not the one that was read last, and drops what is gone. */
  async rescan(): Promise<void> {
    const repositories = await this.#deps.source.listRepositories()
    const rows = await tablesOf(this.#deps.db).selectFrom('catalog_repository').select(['repository', 'head_sha']).execute()
    const seen = new Map(rows.map((row) => [row.repository, row.head_sha]))
    // The organisation first: its groups and environments are what the others refer to.
    const ordered = [...repositories].sort((a, b) => Number(this.#isTrusted(b.repository)) - Number(this.#isTrusted(a.repository)))
    for (const { repository, defaultBranch, head } of ordered) {
      if (head !== null && seen.get(repository) !== head) await this.ingestRepository(repository, defaultBranch)
      seen.delete(repository)
    }
    for (const repository of seen.keys()) await this.ingestRepository(repository, 'main')
  }

  async #apply(
    tx: Transaction,
    tree: { repository: string; branch: string; commit: string; files: readonly RepositoryFile[] },
    waiting: { repository: string; branch: string }[],
  ): Promise<IngestionReport> {
    const report: IngestionReport = { added: [], altered: [], removed: [], problems: [] }
    const known = new Map((await listFiles(tx, tree.repository)).map((file) => [file.path, file]))
    const changed = tree.files.filter((file) => known.get(file.path)?.contentHash !== hashOf(file.text))
    const gone = [...known.values()].filter((file) => !tree.files.some((current) => current.path === file.path))
    const moves = await this.#movesIn(tx, known, changed, gone)
    for (const file of changed) await this.#applyFile(tx, tree, file, moves, report)
    for (const file of gone) {
      const refs = await listRefsOfFile(tx, file.id)
      const stranded = refs.filter((ref) => moves.has(ref))
      // It moved into a file that is wrong: the last good entity goes along.
      for (const ref of stranded) await moveEntity(tx, ref, { repository: tree.repository, path: moves.get(ref) ?? file.path })
      const removes = refs.filter((ref) => !moves.has(ref))
      await removeEntities(tx, removes)
      report.removed.push(...removes)
      await removeFile(tx, file.id)
    }
    waiting.push(...(await releaseConflicts(tx, report.removed)))
    return report
  }

  /** Entities that leave one file and arrive in another by the same commit, with the path where they arrive: altered, not removed and added. */
  async #movesIn(
    tx: Transaction,
    known: ReadonlyMap<string, FileRow>,
    changed: readonly RepositoryFile[],
    gone: readonly FileRow[],
  ): Promise<Map<string, string>> {
    const arriving = new Map(changed.flatMap((file) => refsIn(file).map((ref) => [ref, file.path] as const)))
    const leaving = new Set<string>()
    for (const file of gone) for (const ref of await listRefsOfFile(tx, file.id)) leaving.add(ref)
    for (const file of changed) {
      const row = known.get(file.path)
      if (!row) continue
      const declared = new Set(refsIn(file))
      for (const ref of await listRefsOfFile(tx, row.id)) if (!declared.has(ref)) leaving.add(ref)
    }
    return new Map([...arriving].filter(([ref]) => leaving.has(ref)))
  }

  async #applyFile(
    tx: Transaction,
    tree: { repository: string; branch: string; commit: string },
    file: RepositoryFile,
    moves: ReadonlyMap<string, string>,
    report: IngestionReport,
  ): Promise<void> {
    const place = { repository: tree.repository, path: file.path, branch: tree.branch, commit: tree.commit, contentHash: hashOf(file.text) }
    const fileId = await upsertFile(tx, { ...place, problems: [], conflicts: [] })
    const holders = await findHolders(tx, refsIn(file), fileId)
    const plan = planFile({
      ...file,
      previousRefs: await listRefsOfFile(tx, fileId),
      holderOf: (ref) => (moves.has(ref) ? undefined : holders.get(ref)),
      isTrusted: this.#isTrusted(tree.repository),
      ...(this.#deps.checks ? { checks: this.#deps.checks } : {}),
    })
    for (const { ref, entity } of plan.upserts) {
      const outcome = await upsertEntity(tx, { ref, entity, fileId, commit: tree.commit })
      if (outcome !== 'unchanged') report[outcome].push(ref)
    }
    for (const { ref, problems } of plan.keeps) await setEntityProblems(tx, ref, problems)
    const removes = plan.removes.filter((ref) => !moves.has(ref))
    await removeEntities(tx, removes)
    report.removed.push(...removes)
    if (plan.problems.length > 0) await upsertFile(tx, { ...place, problems: plan.problems, conflicts: plan.conflicts })
    report.problems.push(...plan.problems)
  }

  #finish(repository: string, report: IngestionReport): void {
    const refs = [...report.added, ...report.altered, ...report.removed]
    if (refs.length > 0 || report.problems.length > 0) {
      this.#deps.log.info(
        `catalog: ${report.added.length} added, ${report.altered.length} altered, ${report.removed.length} removed, ${report.problems.length} problems`,
        { repository },
      )
      this.#deps.onChanged(refs)
    }
  }

  #isTrusted(repository: string): boolean {
    return repository === this.#deps.trusted.organisation || repository === this.#deps.trusted.goldenPaths
  }

  #globsOf(repository: string): string[] {
    if (repository === this.#deps.trusted.organisation) return ['**/*.yaml', '**/*.yml']
    if (repository === this.#deps.trusted.goldenPaths) return ['**/template.yaml', ...COMPONENT_FILES]
    return COMPONENT_FILES
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function refsIn(file: RepositoryFile): string[] {
  return readDescriptors(file.path, file.text).documents.flatMap((document) => checkEntity(document).ref ?? [])
}

async function rememberHead(tx: Transaction, repository: string, head: string | null): Promise<void> {
  const db = tablesOf(tx)
  if (head === null) await db.deleteFrom('catalog_repository').where('repository', '=', repository).execute()
  else {
    const values = { repository, head_sha: head }
    await db
      .insertInto('catalog_repository')
      .values(values)
      .onConflict((conflict) => conflict.column('repository').doUpdateSet(values))
      .execute()
  }
}

function eventsOf(report: IngestionReport, at: { repository: string; commit: string; actor: string }): EventDraft[] {
  return (['added', 'altered', 'removed'] as const).flatMap((change) =>
    report[change].map((ref) => ({
      type: 'platform.catalog.entity_changed',
      subject: `entity/${ref}`,
      actor: at.actor,
      data: { ref, change, repository: at.repository, commit: at.commit },
    })),
  )
}
