import { sql } from 'kysely'
import type { Database, Transaction } from '#kernel/node/database'
import type { FieldProblem } from '#kernel/common/fault'
import type { NavItem } from './navigation.ts'
import type { Site, SitePage } from './site.ts'

export interface SiteRow {
  entityRef: string
  repository: string
  branch: string
  folder: string
  commit: string
  title: string
  nav: NavItem[]
  home: string
  problems: FieldProblem[]
  updatedAt: Date
  codeChangedAt: Date
  commitsSince: number
}

const SITE = sql`entity_ref as "entityRef", repository, branch, folder, commit_sha as "commit", title, nav, home, problems, updated_at as "updatedAt",
  code_changed_at as "codeChangedAt", commits_since as "commitsSince"`

export async function findSite(db: Database, entityRef: string): Promise<SiteRow | undefined> {
  const { rows } = await sql<SiteRow>`select ${SITE} from doc_site where entity_ref = ${entityRef.toLowerCase()}`.execute(db)
  return rows[0]
}

export async function findSites(db: Database, refs: readonly string[]): Promise<Map<string, SiteRow>> {
  const { rows } = await sql<SiteRow>`select ${SITE} from doc_site where entity_ref = any(${[...refs]}::text[])`.execute(db)
  return new Map(rows.map((row) => [row.entityRef, row]))
}

/** Sites of a repository, for a push to it. */
export async function listSitesOf(db: Database, repository: string): Promise<string[]> {
  const { rows } = await sql<{ ref: string }>`select entity_ref as ref from doc_site where repository = ${repository} order by 1`.execute(db)
  return rows.map((row) => row.ref)
}

/** Sites that have not been looked at for the longest time. */
export async function listOldestSites(db: Database, input: { before: Date; limit: number }): Promise<string[]> {
  const { rows } = await sql<{
    ref: string
  }>`select entity_ref as ref from doc_site where read_at < ${input.before} order by read_at limit ${input.limit}`.execute(db)
  return rows.map((row) => row.ref)
}

export async function findPage(
  db: Database,
  entityRef: string,
  path: string,
): Promise<(Omit<SitePage, 'body' | 'contentHash'> & { previous: PageLink | null; next: PageLink | null }) | undefined> {
  const { rows } = await sql<Omit<SitePage, 'body' | 'contentHash'> & { previous: PageLink | null; next: PageLink | null }>`
    select p.path, p.title, p.headings, p.markdown, p.commit_sha as "commit", p.author, p.updated_at as "updatedAt",
      (select jsonb_build_object('path', o.path, 'title', o.title) from doc_page o where o.entity_ref = p.entity_ref and o.position = p.position - 1) as previous,
      (select jsonb_build_object('path', o.path, 'title', o.title) from doc_page o where o.entity_ref = p.entity_ref and o.position = p.position + 1) as next
    from doc_page p where p.entity_ref = ${entityRef.toLowerCase()} and p.path = ${path}`.execute(db)
  return rows[0]
}

interface PageLink {
  path: string
  title: string
}

export async function listKnownPages(db: Database, entityRef: string): Promise<Map<string, Pick<SitePage, 'contentHash' | 'commit' | 'author' | 'updatedAt'>>> {
  const { rows } = await sql<
    { path: string } & Pick<SitePage, 'contentHash' | 'commit' | 'author' | 'updatedAt'>
  >`select path, content_hash as "contentHash", commit_sha as "commit", author, updated_at as "updatedAt" from doc_page where entity_ref = ${entityRef}`.execute(
    db,
  )
  return new Map(rows.map(({ path, ...page }) => [path, page]))
}

/** Puts a site in the place of what was there. */
export async function saveSite(tx: Transaction, entityRef: string, site: Site): Promise<void> {
  await sql`
    insert into doc_site (entity_ref, repository, branch, folder, commit_sha, title, nav, home, problems, updated_at, code_changed_at, commits_since)
    values (${entityRef}, ${site.repository}, ${site.branch}, ${site.folder}, ${site.commit}, ${site.title}, ${JSON.stringify(site.nav)}::jsonb, ${site.home},
      ${JSON.stringify(site.problems)}::jsonb, ${site.updatedAt}, ${site.codeChangedAt}, ${site.commitsSince})
    on conflict (entity_ref) do update set repository = excluded.repository, branch = excluded.branch, folder = excluded.folder, commit_sha = excluded.commit_sha,
      title = excluded.title, nav = excluded.nav, home = excluded.home, problems = excluded.problems, updated_at = excluded.updated_at,
      code_changed_at = excluded.code_changed_at, commits_since = excluded.commits_since, read_at = now()`.execute(tx)
  await sql`delete from doc_page where entity_ref = ${entityRef}`.execute(tx)
  const rows = site.pages.map((page, position) => ({ ...page, position, headings: JSON.stringify(page.headings) }))
  for (const page of rows)
    await sql`
      insert into doc_page (entity_ref, path, position, title, headings, markdown, content_hash, body, words, commit_sha, author, updated_at)
      values (${entityRef}, ${page.path}, ${page.position}, ${page.title}, ${page.headings}::jsonb, ${page.markdown}, ${page.contentHash}, ${page.body},
        setweight(to_tsvector('simple', ${page.title}), 'A') || setweight(to_tsvector('simple', ${page.headings}), 'B') || to_tsvector('simple', left(${page.body}, 200000)),
        ${page.commit}, ${page.author}, ${page.updatedAt})`.execute(tx)
}

export async function touchSite(db: Database, entityRef: string): Promise<void> {
  await sql`update doc_site set read_at = now() where entity_ref = ${entityRef}`.execute(db)
}

export async function removeSite(db: Database, entityRef: string): Promise<void> {
  await sql`delete from doc_site where entity_ref = ${entityRef}`.execute(db)
}

export interface DocHit {
  entityRef: string
  path: string
  title: string
  siteTitle: string
  excerpt: string
  rank: number
}

/** Pages by words, each a prefix; within one entity when told. The excerpt has the found words between « and ». */
export async function searchPages(db: Database, query: { text: string; limit: number; entityRef?: string }): Promise<DocHit[]> {
  const words =
    query.text
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.slice(0, 8) ?? []
  if (words.length === 0) return []
  const asked = words.map((word) => `${word}:*`).join(' & ')
  const within = query.entityRef === undefined ? sql`true` : sql`p.entity_ref = ${query.entityRef.toLowerCase()}`
  const { rows } = await sql<DocHit>`
    with best as (
      select p.entity_ref, p.path, p.title, p.body, ts_rank(p.words, to_tsquery('simple', ${asked})) as rank
      from doc_page p where p.words @@ to_tsquery('simple', ${asked}) and ${within} order by rank desc, p.entity_ref, p.path limit ${query.limit})
    select b.entity_ref as "entityRef", b.path, b.title, s.title as "siteTitle", b.rank,
      ts_headline('simple', left(b.body, 20000), to_tsquery('simple', ${asked}), 'StartSel=«, StopSel=», MaxWords=30, MinWords=12, MaxFragments=1') as excerpt
    from best b join doc_site s on s.entity_ref = b.entity_ref order by b.rank desc, b.entity_ref, b.path`.execute(db)
  return rows
}
