import type { FieldProblem } from '#kernel/common/fault'
import type { Database, Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import type { Entity } from '../entity.ts'
import type { AlterationListener } from './alteration.ts'
import { applyChanges, type AppliedChanges, type EntityChange } from './apply-changes.ts'
import type { BatchIngestion } from './batch-ingestion.ts'
import { planBatch, type BatchPlan } from './batch-plan.ts'
import { deleteClaims, listClaims, replaceClaims, type ClaimRow } from './claim-store.ts'
import { documentOfText, markedOrphan } from './entity-document.ts'
import { alterationsOf, eventsOf } from './told-changes.ts'
import {
  commitVersion,
  deleteFiles,
  entitiesByRef,
  entitiesOfFiles,
  listFiles,
  lockCatalog,
  forgetContent,
  problemsText,
  setProblems,
  upsertFiles,
  type EntityRow,
  type KnownFile,
} from './ingestion-store.ts'
import { readFile, type DocumentChecks, type ReadFile } from './read-file.ts'
import type { PlaceholderReader } from './placeholder-reader.ts'
import { contentKey, type IngestionReport, type SourceBatch } from './source-batch.ts'

export interface IngestionDeps {
  db: Database
  journal: Journal
  log: Logger
  checks?: DocumentChecks
  placeholders?: PlaceholderReader
  listeners?: readonly AlterationListener[]
  /** Takes over what a commit altered before anybody is told. */
  index: {
    take(version: number, applied: AppliedChanges, problems: readonly string[]): Promise<void>
    refOfUid(uid: string): Promise<string | undefined>
  }
  /** Told after each commit that altered something, with the refs of all that read differently now. */
  onChanged: (refs: readonly string[], version: number) => void
}

/** Files that are parsed before others get their turn. */
const SLICE_MS = 20
const TRUST = { organisation: 3, templates: 2, catalog: 1 } as const

/** Takes batches over into the catalog, one transaction each. */
export class CatalogIngestion implements BatchIngestion {
  readonly #deps: IngestionDeps

  constructor(deps: IngestionDeps) {
    this.#deps = deps
  }

  async take(batch: SourceBatch): Promise<IngestionReport> {
    const keys = new Map(batch.files.map((file) => [file.path, contentKey(file, batch.trust)]))
    const known = new Map((await this.#deps.db.transaction().execute((tx) => listFiles(tx, batch.source))).map((file) => [file.path, file]))
    const changed = [...new Map(batch.files.map((file) => [file.path, file])).values()].filter(
      (file) => known.get(file.path)?.contentKey !== keys.get(file.path),
    )
    const gone = goneOf(batch, known.keys())
    const report: IngestionReport = { added: [], altered: [], removed: [], problems: [], emitted: [] }
    if (changed.length === 0 && gone.length === 0) return report
    const reads: ReadFile[] = []
    let sliceEndsAt = performance.now() + SLICE_MS
    for (const file of changed) {
      reads.push(await readFile(file, batch.source, batch.trust, this.#deps))
      if (performance.now() < sliceEndsAt) continue
      await new Promise((resolve) => setImmediate(resolve))
      sliceEndsAt = performance.now() + SLICE_MS
    }
    reads.sort((a, b) => (a.file.path < b.file.path ? -1 : 1))
    const done = await this.#deps.db.transaction().execute(async (tx) => await this.#takeOver(tx, batch, reads, keys))
    await this.#finish(done, batch.source)
    report.added = done.applied.added.map(({ ref }) => ref).sort()
    report.altered = done.applied.altered.map(({ ref }) => ref).sort()
    report.removed = done.applied.removed.map(({ ref }) => ref).sort()
    report.problems = [...reads.flatMap((read) => read.problems), ...done.conflicts]
    report.emitted = reads.flatMap((read) => read.emitted)
    return report
  }

  async removeSource(source: string, actor: string): Promise<IngestionReport> {
    return await this.take({ source, files: [], isComplete: true, commit: null, actor, trust: { level: 'catalog' } })
  }

  async setOrphans(input: { source: string; paths?: readonly string[]; isOrphan: boolean; actor: string }): Promise<string[]> {
    const done = await this.#deps.db.transaction().execute(async (tx) => {
      await lockCatalog(tx)
      const files = await listFiles(tx, input.source, input.paths)
      const rows = await entitiesOfFiles(
        tx,
        files.map(({ id }) => id),
      )
      const changes = rows.map((row): EntityChange => ({
        ref: row.ref,
        before: row,
        after: { ...markedOrphan(row.ref, JSON.parse(row.body) as Entity, input.isOrphan), fileId: row.fileId, trust: row.trust },
      }))
      return await this.#commit(
        tx,
        changes.filter(({ before, after }) => before?.etag !== after?.etag),
        { ...input, commit: null },
      )
    })
    await this.#finish(done, input.source)
    return done.applied.altered.map(({ ref }) => ref).sort()
  }

  async setStatus(input: { source: string; items: readonly { ref: string; problems: readonly FieldProblem[] }[]; actor: string }): Promise<void> {
    if (input.items.length === 0) return
    const done = await this.#deps.db.transaction().execute(async (tx) => {
      await lockCatalog(tx)
      const wanted = new Map(input.items.map(({ ref, problems }) => [ref, problems]))
      const rows = (await entitiesByRef(tx, [...wanted.keys()])).filter(
        (row) => row.source === input.source && row.problems !== problemsText(wanted.get(row.ref) ?? []),
      )
      if (rows.length === 0) return undefined
      await setProblems(
        tx,
        rows.map(({ ref, fileId }) => ({ ref, fileId, problems: wanted.get(ref) ?? [] })),
      )
      return await this.#commit(
        tx,
        [],
        { source: input.source, actor: input.actor, commit: null },
        rows.map(({ ref }) => ref),
      )
    })
    if (done) await this.#finish(done, input.source)
  }

  async removeEntity(uid: string, actor: string): Promise<boolean> {
    const ref = await this.#deps.index.refOfUid(uid)
    if (ref === undefined) return false
    const done = await this.#deps.db.transaction().execute(async (tx) => {
      await lockCatalog(tx)
      const [row] = await entitiesByRef(tx, [ref])
      if (!row) return undefined
      const [heir] = await listClaims(tx, [ref], [row.fileId])
      if (heir) await deleteClaims(tx, [heir.id])
      await forgetContent(tx, row.fileId)
      const after = heir ? inherited(heir) : null
      return await this.#commit(tx, [{ ref, before: row, after }], { source: row.source, actor, commit: null })
    })
    if (done) await this.#finish(done, 'removal')
    return done !== undefined
  }

  async #takeOver(tx: Transaction, batch: SourceBatch, reads: readonly ReadFile[], keys: ReadonlyMap<string, string>): Promise<Done> {
    await lockCatalog(tx)
    const changedPaths = reads.map(({ file }) => file.path)
    const known = await listFiles(tx, batch.source, batch.isComplete ? undefined : [...changedPaths, ...(batch.removed ?? [])])
    const gone = new Set(
      goneOf(
        batch,
        known.map(({ path }) => path),
      ),
    )
    const changedSet = new Set(changedPaths)
    const affected = known.filter(({ path }) => gone.has(path) || changedSet.has(path))
    const affectedIds = affected.map(({ id }) => id)
    const previous = await entitiesOfFiles(tx, affectedIds)
    const rows = new Map(previous.map((row) => [row.ref, row]))
    const declared = [...new Set(reads.flatMap((read) => [...read.declarations.map(({ ref }) => ref), ...read.wrongOf.keys()]))].filter((ref) => !rows.has(ref))
    for (const row of await entitiesByRef(tx, declared)) rows.set(row.ref, row)
    const claims = await listClaims(
      tx,
      previous.map(({ ref }) => ref),
      affectedIds,
    )
    const trust = TRUST[batch.trust.level]
    const plan = planBatch({
      source: batch.source,
      trust,
      reads,
      removed: gone,
      previousRefs: refsByPath(affected, previous),
      holderOf: (ref) => rows.get(ref),
      claimsOn: (ref) => claims.filter((claim) => claim.ref === ref),
    })
    const fileIds = await upsertFiles(
      tx,
      batch.source,
      reads.map(({ file, problems, hasPlaceholders }) => ({
        file,
        contentKey: hasPlaceholders ? '' : (keys.get(file.path) ?? ''),
        commit: batch.commit ?? '',
        trust,
        problems,
      })),
    )
    const changes = changesOf(plan, { rows, fileIds, trust, claims })
    const done = await this.#commit(tx, changes, batch, [...plan.keeps.keys()])
    await setProblems(
      tx,
      Array.from(plan.keeps, ([ref, { path, problems }]) => ({ ref, fileId: fileIds.get(path) ?? 0, problems })),
    )
    await replaceClaims(
      tx,
      [...fileIds.values()],
      [
        ...plan.claims.map(({ document, path }) => ({ ref: document.ref, fileId: fileIds.get(path) ?? 0, trust, body: document.body })),
        ...plan.driven.flatMap(({ ref }) => {
          const row = rows.get(ref)
          return row ? [{ ref, fileId: row.fileId, trust: row.trust, body: row.body }] : []
        }),
      ],
    )
    await deleteClaims(
      tx,
      plan.takeovers.map(({ id }) => id),
    )
    await deleteFiles(
      tx,
      affected.filter(({ path }) => gone.has(path)).map(({ id }) => id),
    )
    return { ...done, conflicts: plan.conflicts }
  }

  /** Writes changes with all that goes with them: version, events, listeners. `also` are refs that read differently though nothing was declared anew. */
  async #commit(
    tx: Transaction,
    changes: readonly EntityChange[],
    cause: Pick<SourceBatch, 'source' | 'actor' | 'commit' | 'changeId'>,
    also: readonly string[] = [],
  ): Promise<Done> {
    const applied = await applyChanges(tx, changes)
    const refs = [...new Set([...applied.written, ...[...applied.restitched, ...applied.removed].map(({ ref }) => ref), ...also])]
    const version = refs.length === 0 ? undefined : await commitVersion(tx, refs)
    const listeners = this.#deps.listeners ?? []
    if (listeners.length > 0) for (const items of alterationsOf(applied, cause)) for (const listener of listeners) await listener.record(tx, items)
    await this.#deps.journal.append(tx, ...eventsOf(applied, cause))
    return { applied, refs, version, problems: also, conflicts: [] }
  }

  async #finish({ applied, refs, version, problems }: Done, source: string): Promise<void> {
    if (version === undefined) return
    await this.#deps.index.take(version, applied, problems)
    this.#deps.log.info(`catalog: ${applied.added.length} added, ${applied.altered.length} altered, ${applied.removed.length} removed in ${source}`)
    this.#deps.onChanged(refs, version)
  }
}

interface Done {
  applied: AppliedChanges
  refs: string[]
  version: number | undefined
  /** Refs whose problems were set. */
  problems: readonly string[]
  conflicts: BatchPlan['conflicts']
}

function goneOf(batch: SourceBatch, known: Iterable<string>): string[] {
  const given = new Set(batch.files.map(({ path }) => path))
  const removed = new Set((batch.removed ?? []).filter((path) => !given.has(path)))
  return [...known].filter((path) => removed.has(path) || (batch.isComplete && !given.has(path)))
}

function refsByPath(files: readonly KnownFile[], rows: readonly EntityRow[]): Map<string, string[]> {
  const refs = new Map(files.map(({ path }) => [path, [] as string[]]))
  for (const { path, ref } of rows) refs.get(path)?.push(ref)
  return refs
}

function changesOf(
  plan: BatchPlan,
  known: { rows: ReadonlyMap<string, EntityRow>; fileIds: ReadonlyMap<string, number>; trust: number; claims: readonly ClaimRow[] },
): EntityChange[] {
  const { rows, fileIds, trust } = known
  const changes: EntityChange[] = []
  for (const [ref, { document, path }] of plan.upserts) {
    changes.push({
      ref,
      before: rows.get(ref) ?? null,
      after: { ref, kind: document.kind, etag: document.etag, body: document.body, fileId: fileIds.get(path) ?? 0, trust },
    })
  }
  for (const ref of plan.removes) changes.push({ ref, before: rows.get(ref) ?? null, after: null })
  for (const { id, ref } of plan.takeovers) {
    const heir = known.claims.find((claim) => claim.id === id)
    if (heir) changes.push({ ref, before: rows.get(ref) ?? null, after: inherited(heir) })
  }
  return changes
}

/** What a claim makes when it takes over. */
function inherited(heir: ClaimRow): EntityChange['after'] {
  return { ...documentOfText(heir.ref, heir.body), fileId: heir.fileId, trust: heir.trust }
}
