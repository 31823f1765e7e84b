import { sql, type Selectable } from 'kysely'
import type { Id } from '#kernel/common/id'
import type { JsonObject } from '#kernel/common/json'
import type { Queryable, Transaction } from '#kernel/node/database'
import type { Release } from './release.ts'

type Tables = {
  release: {
    id: string
    component: string
    version: number
    repository: string
    commit: string
    commit_message: string
    digest: string
    run_id: string
    score_text: string
    score: string
    created_by: string
    created_at: Date
    quarantine_reason: string | null
    quarantined_at: Date | null
    quarantined_by: string | null
  }
}

/** The next version of a component. Others who want one wait until this transaction ends, and get the same when it fails: no gaps. */
export async function takeVersion(tx: Transaction, component: string): Promise<number> {
  const { rows } = await sql<{ last: number }>`
    insert into release_counter (component, last) values (${component}, 1)
    on conflict (component) do update set last = release_counter.last + 1 returning last`.execute(tx)
  return rows[0]?.last ?? 1
}

/** Components with a first version. */
export async function listReleasedComponents(db: Queryable): Promise<string[]> {
  const { rows } = await sql<{ component: string }>`select component from release_counter`.execute(db)
  return rows.map((row) => row.component)
}

/** Makes others who make a release of this component wait. */
export async function lockComponent(tx: Transaction, component: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`release/${component}`}, 0))`.execute(tx)
}

/** Adds a release. */
export async function insertRelease(tx: Transaction, release: Release): Promise<void> {
  await tx
    .withTables<Tables>()
    .insertInto('release')
    .values({
      id: release.id,
      component: release.component,
      version: release.version,
      repository: release.repository,
      commit: release.commit,
      commit_message: release.commitMessage,
      digest: release.digest,
      run_id: release.runId,
      score_text: release.scoreText,
      score: JSON.stringify(release.score),
      created_by: release.createdBy,
      created_at: release.createdAt,
      quarantine_reason: null,
      quarantined_at: null,
      quarantined_by: null,
    })
    .execute()
}

/** The release of a component with the same content and source. */
export async function findSameRelease(db: Queryable, component: string, digest: string, commit: string): Promise<Release | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('release')
    .selectAll()
    .where('component', '=', component)
    .where('digest', '=', digest)
    .where('commit', '=', commit)
    .executeTakeFirst()
  return row && releaseOf(row)
}

/** The release with this id. */
export async function findRelease(db: Queryable, id: string): Promise<Release | undefined> {
  const row = await db.withTables<Tables>().selectFrom('release').selectAll().where('id', '=', id).executeTakeFirst()
  return row && releaseOf(row)
}

/** A component's release by its version. */
export async function findReleaseVersion(db: Queryable, component: string, version: number): Promise<Release | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('release')
    .selectAll()
    .where('component', '=', component)
    .where('version', '=', version)
    .executeTakeFirst()
  return row && releaseOf(row)
}

/** A component's newest release that is not quarantined; with `before`, among those below that version. */
export async function findNewestRelease(db: Queryable, component: string, before: number | undefined): Promise<Release | undefined> {
  let query = db.withTables<Tables>().selectFrom('release').selectAll().where('component', '=', component).where('quarantined_at', 'is', null)
  if (before !== undefined) query = query.where('version', '<', before)
  const row = await query.orderBy('version', 'desc').limit(1).executeTakeFirst()
  return row && releaseOf(row)
}

/** Newest first; of one component by version, else by time. */
export async function listReleaseRows(db: Queryable, component: string | undefined, limit: number, after: Release | undefined): Promise<Release[]> {
  let query = db.withTables<Tables>().selectFrom('release').selectAll().limit(limit)
  if (component === undefined) {
    query = query.orderBy('created_at', 'desc').orderBy('id', 'desc')
    // The row's own time: a Date holds milliseconds, the column microseconds.
    if (after) query = query.where(sql<boolean>`(created_at, id) < (select r.created_at, r.id from release r where r.id = ${after.id})`)
  } else {
    query = query.where('component', '=', component).orderBy('version', 'desc')
    if (after) query = query.where('version', '<', after.version)
  }
  return (await query.execute()).map(releaseOf)
}

/** @returns whether this call changed it. */
export async function setQuarantine(tx: Transaction, id: string, quarantine: { reason: string; at: Date; by: string } | null): Promise<boolean> {
  const result = await tx
    .withTables<Tables>()
    .updateTable('release')
    .set({ quarantine_reason: quarantine?.reason ?? null, quarantined_at: quarantine?.at ?? null, quarantined_by: quarantine?.by ?? null })
    .where('id', '=', id)
    .where('quarantined_at', quarantine ? 'is' : 'is not', null)
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

function releaseOf(row: Selectable<Tables['release']>): Release {
  const { quarantine_reason: reason, quarantined_at: at, quarantined_by: by } = row
  return {
    id: row.id as Id<'rel'>,
    component: row.component,
    version: row.version,
    repository: row.repository,
    commit: row.commit,
    commitMessage: row.commit_message,
    digest: row.digest,
    runId: row.run_id,
    // Of an application a release needs a score file that can be read, so only a package has none.
    kind: row.score_text === '' ? 'package' : 'app',
    scoreText: row.score_text,
    score: row.score as unknown as JsonObject,
    createdBy: row.created_by,
    createdAt: row.created_at,
    quarantine: reason !== null && at !== null && by !== null ? { reason, at, by } : null,
  }
}
