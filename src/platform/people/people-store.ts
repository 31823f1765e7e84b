import { sql } from 'kysely'
import type { Database, Transaction } from '#kernel/node/database'
import type { DirectoryGroup, DirectorySource, DirectoryUser } from './directory-person.ts'

type Queryable = Database | Transaction
const USER = sql`u.id, u.user_name as "userName", u.external_id as "externalId", u.display_name as "displayName", u.email, u.is_active as "isActive", u.resource,
  u.created_at as "createdAt", u.updated_at as "updatedAt"`
const GROUP = sql`g.id, g.display_name as "displayName", g.external_id as "externalId", g.resource, g.created_at as "createdAt", g.updated_at as "updatedAt"`

export interface Page<T> {
  items: T[]
  total: number
}

/** @param filter.by a column and its value, compared as the directory does. */
export async function listUsers(
  db: Queryable,
  source: DirectorySource,
  filter: { by?: { column: 'userName' | 'externalId' | 'email'; value: string } | undefined; offset: number; limit: number },
): Promise<Page<DirectoryUser>> {
  const { by } = filter
  const condition = !by
    ? sql`true`
    : by.column === 'externalId'
      ? sql`u.external_id = ${by.value}`
      : by.column === 'email'
        ? sql`lower(u.email) = lower(${by.value})`
        : sql`lower(u.user_name) = lower(${by.value})`
  const where = sql`from directory_user u where u.source = ${source} and ${condition}`
  const { rows: counted } = await sql<{ count: number }>`select count(*)::int as count ${where}`.execute(db)
  const { rows } = await sql<DirectoryUser>`select ${USER} ${where} order by u.created_at, u.id limit ${filter.limit} offset ${filter.offset}`.execute(db)
  return { items: rows, total: counted[0]?.count ?? 0 }
}

export async function findUser(db: Queryable, source: DirectorySource, id: string): Promise<DirectoryUser | undefined> {
  const { rows } = await sql<DirectoryUser>`select ${USER} from directory_user u where u.source = ${source} and u.id::text = ${id.toLowerCase()}`.execute(db)
  return rows[0]
}

export type UserValues = Pick<DirectoryUser, 'userName' | 'externalId' | 'displayName' | 'email' | 'isActive' | 'resource'>

/** @returns undefined when the name is taken. */
export async function insertUser(db: Queryable, source: DirectorySource, values: UserValues, now: Date): Promise<DirectoryUser | undefined> {
  const { rows } = await sql<DirectoryUser>`
    insert into directory_user as u (source, external_id, user_name, display_name, email, is_active, resource, created_at, updated_at)
    values (${source}, ${values.externalId}, ${values.userName}, ${values.displayName}, ${values.email}, ${values.isActive}, ${JSON.stringify(values.resource)}::jsonb, ${now}, ${now})
    on conflict do nothing returning ${USER}`.execute(db)
  return rows[0]
}

/** @returns undefined when the name is taken by another. */
export async function updateUser(db: Queryable, id: string, values: UserValues, now: Date): Promise<DirectoryUser | undefined> {
  const { rows } = await sql<DirectoryUser>`
    update directory_user u set external_id = ${values.externalId}, user_name = ${values.userName}, display_name = ${values.displayName}, email = ${values.email},
      is_active = ${values.isActive}, resource = ${JSON.stringify(values.resource)}::jsonb, updated_at = ${now}
    where u.id = ${id}::uuid and not exists (select from directory_user o where o.source = u.source and o.id <> u.id and lower(o.user_name) = lower(${values.userName}))
    returning ${USER}`.execute(db)
  return rows[0]
}

export async function deleteUser(db: Queryable, id: string): Promise<void> {
  await sql`delete from directory_user where id = ${id}::uuid`.execute(db)
}

export async function listGroups(
  db: Queryable,
  source: DirectorySource,
  filter: { by?: { column: 'displayName' | 'externalId'; value: string } | undefined; offset: number; limit: number },
): Promise<Page<DirectoryGroup>> {
  const { by } = filter
  const condition = !by ? sql`true` : by.column === 'externalId' ? sql`g.external_id = ${by.value}` : sql`lower(g.display_name) = lower(${by.value})`
  const where = sql`from directory_group g where g.source = ${source} and ${condition}`
  const { rows: counted } = await sql<{ count: number }>`select count(*)::int as count ${where}`.execute(db)
  const { rows } = await sql<DirectoryGroup>`select ${GROUP} ${where} order by g.created_at, g.id limit ${filter.limit} offset ${filter.offset}`.execute(db)
  return { items: rows, total: counted[0]?.count ?? 0 }
}

export async function findGroup(db: Queryable, source: DirectorySource, id: string): Promise<DirectoryGroup | undefined> {
  const { rows } = await sql<DirectoryGroup>`select ${GROUP} from directory_group g where g.source = ${source} and g.id::text = ${id.toLowerCase()}`.execute(db)
  return rows[0]
}

export type GroupValues = Pick<DirectoryGroup, 'displayName' | 'externalId' | 'resource'>

/** @returns undefined when the name is taken. */
export async function insertGroup(db: Queryable, source: DirectorySource, values: GroupValues, now: Date): Promise<DirectoryGroup | undefined> {
  const { rows } = await sql<DirectoryGroup>`
    insert into directory_group as g (source, external_id, display_name, resource, created_at, updated_at)
    values (${source}, ${values.externalId}, ${values.displayName}, ${JSON.stringify(values.resource)}::jsonb, ${now}, ${now})
    on conflict do nothing returning ${GROUP}`.execute(db)
  return rows[0]
}

/** @returns undefined when the name is taken by another. */
export async function updateGroup(db: Queryable, id: string, values: GroupValues, now: Date): Promise<DirectoryGroup | undefined> {
  const { rows } = await sql<DirectoryGroup>`
    update directory_group g set external_id = ${values.externalId}, display_name = ${values.displayName}, resource = ${JSON.stringify(values.resource)}::jsonb, updated_at = ${now}
    where g.id = ${id}::uuid and not exists (select from directory_group o where o.source = g.source and o.id <> g.id and lower(o.display_name) = lower(${values.displayName}))
    returning ${GROUP}`.execute(db)
  return rows[0]
}

export async function deleteGroup(db: Queryable, id: string): Promise<void> {
  await sql`delete from directory_group where id = ${id}::uuid`.execute(db)
}

/** Puts these members in the place of those that were; ids of nobody are left out. */
export async function setMembers(db: Queryable, groupId: string, userIds: readonly string[]): Promise<void> {
  const wanted = [...new Set(userIds)]
  await sql`delete from directory_member where group_id = ${groupId}::uuid and user_id::text <> all(${wanted}::text[])`.execute(db)
  await sql`insert into directory_member (group_id, user_id) select ${groupId}::uuid, u.id from directory_user u join directory_group g on g.id = ${groupId}::uuid and g.source = u.source
    where u.id::text = any(${wanted}::text[]) on conflict do nothing`.execute(db)
}

export async function addMember(db: Queryable, groupId: string, userId: string): Promise<void> {
  await sql`insert into directory_member (group_id, user_id) values (${groupId}::uuid, ${userId}::uuid) on conflict do nothing`.execute(db)
}

export async function removeMember(db: Queryable, groupId: string, userId: string): Promise<void> {
  await sql`delete from directory_member where group_id = ${groupId}::uuid and user_id = ${userId}::uuid`.execute(db)
}

export async function listMembers(db: Queryable, groupId: string): Promise<DirectoryUser[]> {
  const { rows } =
    await sql<DirectoryUser>`select ${USER} from directory_member m join directory_user u on u.id = m.user_id where m.group_id = ${groupId}::uuid order by u.user_name`.execute(
      db,
    )
  return rows
}

export async function listGroupsOf(db: Queryable, userId: string): Promise<DirectoryGroup[]> {
  const { rows } =
    await sql<DirectoryGroup>`select ${GROUP} from directory_member m join directory_group g on g.id = m.group_id where m.user_id = ${userId}::uuid order by g.display_name`.execute(
      db,
    )
  return rows
}
