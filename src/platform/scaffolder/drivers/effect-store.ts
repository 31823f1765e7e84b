import { sql } from 'kysely'
import type { Queryable } from '#kernel/node/database'

export interface CreationEffect {
  repositoryId: string | null
  createdAt: Date
}

/** Notes that a change is about to make a repository. */
export async function recordIntent(db: Queryable, changeId: string, repository: string): Promise<void> {
  await sql`insert into creation_effect (change_id, repository) values (${changeId}, ${repository}) on conflict do nothing`.execute(db)
}

export async function recordRepository(db: Queryable, changeId: string, repository: string, repositoryId: string): Promise<void> {
  await sql`update creation_effect set repository_id = ${repositoryId} where change_id = ${changeId} and repository = ${repository}`.execute(db)
}

export async function findEffect(db: Queryable, changeId: string, repository: string): Promise<CreationEffect | undefined> {
  const { rows } = await sql<{
    repository_id: string | null
    created_at: Date
  }>`select repository_id, created_at from creation_effect where change_id = ${changeId} and repository = ${repository}`.execute(db)
  return rows[0] && { repositoryId: rows[0].repository_id, createdAt: rows[0].created_at }
}
