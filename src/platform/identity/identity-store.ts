import { sql } from 'kysely'
import type { Queryable } from '#kernel/node/database'
import { kindOfPrincipal, nameOfPrincipal } from './principal.ts'

export interface CredentialRow {
  id: string
  principal: string
  kind: 'person' | 'service' | 'agent'
  displayName: string
  isAdministrator: boolean
  scopes: string[]
  expiresAt: Date | null
  revokedAt: Date | null
  /** Tokens only: coarse. */
  lastUsedAt: Date | null
  /** Sessions only: sliding stops here. */
  endsAt: Date | null
}

export interface TokenRow {
  id: string
  name: string
  principal: string
  scopes: string[]
  issuedBy: string
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
  lastUsedAt: Date | null
}

const TOKEN_COLUMNS = sql`id, name, principal, scopes, issued_by as "issuedBy", created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"`

export async function findTokenByHash(db: Queryable, hash: Buffer): Promise<CredentialRow | undefined> {
  const { rows } = await sql<CredentialRow>`
    select t.id, t.principal, a.kind, a.display_name as "displayName", a.is_administrator as "isAdministrator", t.scopes,
      t.expires_at as "expiresAt", t.revoked_at as "revokedAt", t.last_used_at as "lastUsedAt", null as "endsAt"
    from api_token t join account a using (principal) where t.hash = ${hash}`.execute(db)
  return rows[0]
}

export async function findSessionByHash(db: Queryable, hash: Buffer): Promise<CredentialRow | undefined> {
  const { rows } = await sql<CredentialRow>`
    select s.id, s.principal, a.kind, a.display_name as "displayName", a.is_administrator as "isAdministrator", array['*'] as scopes,
      s.expires_at as "expiresAt", s.revoked_at as "revokedAt", null as "lastUsedAt", s.ends_at as "endsAt"
    from session s join account a using (principal) where s.hash = ${hash}`.execute(db)
  return rows[0]
}

/** When a token or session ends by itself: `null` never, `undefined` when it is void already. */
export async function findEnd(db: Queryable, id: string): Promise<Date | null | undefined> {
  const { rows } = await sql<{ expiresAt: Date | null }>`
    select expires_at as "expiresAt" from api_token where id = ${id} and revoked_at is null
    union all select expires_at from session where id = ${id} and revoked_at is null`.execute(db)
  return rows[0]?.expiresAt
}

/** Makes the account when it is absent; what is there stays. */
export async function ensureAccount(db: Queryable, account: { principal: string; displayName?: string; isAdministrator?: boolean; at: Date }): Promise<void> {
  const { principal } = account
  await sql`insert into account (principal, kind, display_name, is_administrator, created_at)
    values (${principal}, ${kindOfPrincipal(principal)}, ${account.displayName ?? nameOfPrincipal(principal)}, ${account.isAdministrator ?? false}, ${account.at})
    on conflict (principal) do nothing`.execute(db)
}

export async function makeAdministrator(db: Queryable, principal: string): Promise<void> {
  await sql`update account set is_administrator = true where principal = ${principal}`.execute(db)
}

export async function insertToken(
  db: Queryable,
  token: {
    id: string
    hash: Buffer
    principal: string
    name: string
    scopes: readonly string[]
    issuedBy: string
    issuedWith: string | undefined
    createdAt: Date
    expiresAt: Date | null
  },
): Promise<void> {
  await sql`insert into api_token (id, hash, principal, name, scopes, issued_by, issued_with, created_at, expires_at)
    values (${token.id}, ${token.hash}, ${token.principal}, ${token.name}, ${token.scopes}::text[], ${token.issuedBy}, ${token.issuedWith ?? null}, ${token.createdAt}, ${token.expiresAt})`.execute(
    db,
  )
}

export async function findToken(db: Queryable, id: string): Promise<TokenRow | undefined> {
  const { rows } = await sql<TokenRow>`select ${TOKEN_COLUMNS} from api_token where id = ${id}`.execute(db)
  return rows[0]
}

/** Newest first; of `principal` only, unless that is undefined. */
export async function listTokens(db: Queryable, query: { principal: string | undefined; before: string | undefined; limit: number }): Promise<TokenRow[]> {
  const { rows } = await sql<TokenRow>`select ${TOKEN_COLUMNS} from api_token
    where (${query.principal ?? null}::text is null or principal = ${query.principal ?? null}) and (${query.before ?? null}::text is null or id < ${query.before ?? null})
    order by id desc limit ${query.limit}`.execute(db)
  return rows
}

/** @returns false when it was revoked already. */
export async function revokeToken(db: Queryable, id: string, at: Date): Promise<boolean> {
  const { rows } = await sql`update api_token set revoked_at = ${at} where id = ${id} and revoked_at is null returning id`.execute(db)
  return rows.length === 1
}

export async function touchToken(db: Queryable, id: string, at: Date): Promise<void> {
  await sql`update api_token set last_used_at = ${at} where id = ${id}`.execute(db)
}

export async function insertSession(
  db: Queryable,
  session: { id: string; hash: Buffer; principal: string; createdAt: Date; expiresAt: Date; endsAt: Date },
): Promise<void> {
  await sql`insert into session (id, hash, principal, created_at, expires_at, ends_at)
    values (${session.id}, ${session.hash}, ${session.principal}, ${session.createdAt}, ${session.expiresAt}, ${session.endsAt})`.execute(db)
}

export async function extendSession(db: Queryable, id: string, expiresAt: Date): Promise<void> {
  await sql`update session set expires_at = least(${expiresAt}, ends_at) where id = ${id} and revoked_at is null`.execute(db)
}

export async function revokeSession(db: Queryable, id: string, at: Date): Promise<boolean> {
  const { rows } = await sql`update session set revoked_at = ${at} where id = ${id} and revoked_at is null returning id`.execute(db)
  return rows.length === 1
}

export async function insertLoginLink(
  db: Queryable,
  link: { id: string; hash: Buffer; principal: string; issuedBy: string; createdAt: Date; expiresAt: Date },
): Promise<void> {
  await sql`insert into login_link (id, hash, principal, issued_by, created_at, expires_at)
    values (${link.id}, ${link.hash}, ${link.principal}, ${link.issuedBy}, ${link.createdAt}, ${link.expiresAt})`.execute(db)
}

/** Uses a link up. Of many who come at once exactly one gets it; the others, and whoever comes late, get undefined. */
export async function consumeLoginLink(db: Queryable, hash: Buffer, at: Date): Promise<{ id: string; principal: string } | undefined> {
  const { rows } = await sql<{ id: string; principal: string }>`
    update login_link set used_at = ${at} where hash = ${hash} and used_at is null and expires_at > ${at} returning id, principal`.execute(db)
  return rows[0]
}

export async function isAdministrator(db: Queryable, principal: string): Promise<boolean> {
  const { rows } = await sql`select 1 from account where principal = ${principal} and is_administrator`.execute(db)
  return rows.length === 1
}
