import { sql, type Generated } from 'kysely'
import type { Id } from '#kernel/common/id'
import type { Queryable, Transaction } from '#kernel/node/database'
import type { Push, Repository } from './git-host.ts'
import type { RefUpdate, WriteIntent } from './ref-changes.ts'

type Tables = {
  git_repository: {
    id: string
    owner: string
    name: string
    description: string
    default_branch: string
    created_by: string
    created_at: Date
  }
  git_ref: { repository_id: string; ref: string; sha: string }
  git_write: { id: string; repository_id: string; actor: string; updates: string; started_at: Date }
  git_push: {
    sequence: Generated<number>
    id: string
    repository_id: string
    repository: string
    ref: string
    before: string
    after: string
    pusher: string
    recorded_at: Date
  }
}

const COLUMNS = ['id', 'owner', 'name', 'description', 'default_branch', 'created_by', 'created_at'] as const

/** @returns false when the name is taken. */
export async function insertRepository(tx: Transaction, repository: Repository): Promise<boolean> {
  const result = await tx
    .withTables<Tables>()
    .insertInto('git_repository')
    .values({
      id: repository.id,
      owner: repository.owner,
      name: repository.name,
      description: repository.description,
      default_branch: repository.defaultBranch,
      created_by: repository.createdBy,
      created_at: repository.createdAt,
    })
    .onConflict((conflict) => conflict.columns(['owner', 'name']).doNothing())
    .executeTakeFirst()
  return result.numInsertedOrUpdatedRows === 1n
}

/** The repository with this name. */
export async function findRepositoryRow(db: Queryable, owner: string, name: string): Promise<Repository | undefined> {
  const row = await db.withTables<Tables>().selectFrom('git_repository').select(COLUMNS).where('owner', '=', owner).where('name', '=', name).executeTakeFirst()
  return row && repositoryOf(row)
}

/** At most `limit` of them behind `after` (`owner/name`), by owner and name. */
export async function listRepositoryRows(db: Queryable, limit: number, after: { owner: string; name: string } | undefined): Promise<Repository[]> {
  let query = db.withTables<Tables>().selectFrom('git_repository').select(COLUMNS).orderBy('owner').orderBy('name').limit(limit)
  if (after) query = query.where(sql<boolean>`(owner, name) > (${after.owner}, ${after.name})`)
  return (await query.execute()).map(repositoryOf)
}

/** Forgets a repository and all that the tables say of it. */
export async function deleteRepositoryRow(tx: Transaction, id: string): Promise<void> {
  await tx.withTables<Tables>().deleteFrom('git_repository').where('id', '=', id).execute()
}

/** Waits until nobody else records pushes of this repository. @returns false when it is gone. */
export async function lockRepository(tx: Transaction, id: string): Promise<boolean> {
  const row = await tx.withTables<Tables>().selectFrom('git_repository').select('id').where('id', '=', id).forUpdate().executeTakeFirst()
  return row !== undefined
}

/** The refs of each repository as they were at the last record: repository id -> ref -> commit. */
export async function readSeenRefs(db: Queryable, repositoryIds: readonly string[]): Promise<Map<string, Map<string, string>>> {
  const seen = new Map(repositoryIds.map((id) => [id, new Map<string, string>()]))
  if (repositoryIds.length === 0) return seen
  const rows = await db.withTables<Tables>().selectFrom('git_ref').selectAll().where('repository_id', 'in', repositoryIds).execute()
  for (const row of rows) seen.get(row.repository_id)?.set(row.ref, row.sha)
  return seen
}

/** Records the refs of a repository. `moved` names those that differ from before. */
export async function writeSeenRefs(tx: Transaction, repositoryId: string, refs: ReadonlyMap<string, string>, moved: readonly string[]): Promise<void> {
  const tables = tx.withTables<Tables>()
  const gone = moved.filter((ref) => !refs.has(ref))
  const there = moved.flatMap((ref) => {
    const sha = refs.get(ref)
    return sha === undefined ? [] : [{ repository_id: repositoryId, ref, sha }]
  })
  if (gone.length > 0) await tables.deleteFrom('git_ref').where('repository_id', '=', repositoryId).where('ref', 'in', gone).execute()
  for (let from = 0; from < there.length; from += 1_000)
    await tables
      .insertInto('git_ref')
      .values(there.slice(from, from + 1_000))
      .onConflict((conflict) => conflict.columns(['repository_id', 'ref']).doUpdateSet((row) => ({ sha: row.ref('excluded.sha') })))
      .execute()
}

/** Says who is about to move which refs. */
export async function insertWrite(
  db: Queryable,
  write: { id: string; repositoryId: string; actor: string; updates: readonly RefUpdate[]; startedAt: Date },
): Promise<void> {
  await db
    .withTables<Tables>()
    .insertInto('git_write')
    .values({ id: write.id, repository_id: write.repositoryId, actor: write.actor, updates: JSON.stringify(write.updates), started_at: write.startedAt })
    .execute()
}

/** Who means, or meant, to move refs of a repository. */
export async function readWrites(db: Queryable, repositoryId: string): Promise<WriteIntent[]> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('git_write')
    .select(['actor', 'updates'])
    .where('repository_id', '=', repositoryId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ actor: row.actor, updates: row.updates as unknown as RefUpdate[] }))
}

/** Forgets writes that are over. */
export async function deleteWrites(tx: Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await tx.withTables<Tables>().deleteFrom('git_write').where('id', 'in', ids).execute()
}

/** Writes begun before `before` that nobody has ended: their process is gone, or they take long. */
export async function listOldWrites(db: Queryable, before: Date): Promise<{ id: string; repository: Repository }[]> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('git_write')
    .innerJoin('git_repository', 'git_repository.id', 'git_write.repository_id')
    .select(['git_write.id as write_id', ...COLUMNS.map((column) => `git_repository.${column}` as const)])
    .where('git_write.started_at', '<', before)
    .limit(500)
    .execute()
  return rows.map((row) => ({ id: row.write_id, repository: repositoryOf(row) }))
}

/** Records pushes, and that each subscriber known now is to be told. */
export async function insertPushes(tx: Transaction, repository: Repository, pushes: readonly Push[], at: Date): Promise<void> {
  for (const push of pushes) {
    const row = await tx
      .withTables<Tables>()
      .insertInto('git_push')
      .values({
        id: push.id,
        repository_id: repository.id,
        repository: push.repository,
        ref: push.ref,
        before: push.before,
        after: push.after,
        pusher: push.pusher,
        recorded_at: at,
      })
      .returning('sequence')
      .executeTakeFirstOrThrow()
    await sql`insert into git_push_delivery (subscriber, push_sequence, repository_id, next_attempt_at)
      select name, ${row.sequence}, ${repository.id}, ${at} from git_push_subscriber`.execute(tx)
  }
}

function repositoryOf(row: Tables['git_repository']): Repository {
  return {
    id: row.id as Id<'repo'>,
    owner: row.owner,
    name: row.name,
    description: row.description,
    defaultBranch: row.default_branch,
    createdBy: row.created_by,
    createdAt: row.created_at,
  }
}
