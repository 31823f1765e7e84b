import { sql } from 'kysely'
import type { Json, JsonObject } from '#kernel/common/json'
import type { Database, Transaction } from '#kernel/node/database'
import type { CatalogReader } from '#platform/catalog'
import { commitOf, type Child } from './child.ts'

export type ItemState = 'up-to-date' | 'open' | 'conflict' | 'merged' | 'closed' | 'failed'

/** What a campaign made of one child. */
export interface CampaignItem {
  componentRef: string
  repository: string
  state: ItemState
  number: number | null
  url: string | null
  conflicts: { path: string; reason: string }[]
  message: string
}

interface ChildRow {
  changeId: string
  taskId: string | null
  templateRef: string
  templateCommit: string
  templateVersion: string
  parameters: JsonObject
  pins: Record<string, string>
  fillsDefaults: boolean
  repository: string
  componentRef: string
  createdBy: string
  isEjected: boolean
}

const CHILD = sql`distinct on (c.component_ref) c.change_id as "changeId", c.task_id as "taskId", c.template_ref as "templateRef", c.template_commit as "templateCommit",
  c.template_version as "templateVersion", c.parameters, c.pins, c.fills_defaults as "fillsDefaults", c.repository, c.component_ref as "componentRef",
  c.created_by as "createdBy", (x.component_ref is not null) as "isEjected"`
const FROM = sql`creation c left join lineage_end x on x.component_ref = c.component_ref`

/** All that was made from a template, by ref, and is in the catalog still. */
export async function listChildren(db: Database, catalog: Pick<CatalogReader, 'listByRefs'>, templateRef: string): Promise<Child[]> {
  const { rows } = await sql<ChildRow>`
    select ${CHILD} from ${FROM} where c.template_ref = ${templateRef} and c.component_ref is not null and c.repository is not null
    order by c.component_ref, c.created_at desc`.execute(db)
  return await childrenOf(rows, catalog)
}

export async function findChild(db: Database, catalog: Pick<CatalogReader, 'listByRefs'>, componentRef: string): Promise<Child | undefined> {
  const { rows } = await sql<ChildRow>`
    select ${CHILD} from ${FROM} where c.component_ref = ${componentRef.toLowerCase()} and c.repository is not null order by c.component_ref, c.created_at desc`.execute(
    db,
  )
  return (await childrenOf(rows, catalog))[0]
}

async function childrenOf(rows: readonly ChildRow[], catalog: Pick<CatalogReader, 'listByRefs'>): Promise<Child[]> {
  const found = await catalog.listByRefs(rows.map((row) => row.componentRef))
  return rows.flatMap(({ templateVersion, templateCommit, ...row }) => {
    const entity = found.get(row.componentRef)
    if (!entity) return []
    return [
      {
        ...row,
        createdCommit: templateCommit,
        createdVersion: templateVersion,
        templateCommit: commitOf(entity.entity.metadata.annotations, row.templateRef) ?? templateCommit,
      },
    ]
  })
}

/** Fingerprints of the files that a creation rendered, by path. */
export async function listFingerprints(db: Database, changeId: string, repository: string): Promise<Map<string, string>> {
  const { rows } = await sql<{
    path: string
    sha256: string
  }>`select path, sha256 from creation_file where change_id = ${changeId} and repository = ${repository}`.execute(db)
  return new Map(rows.map((row) => [row.path, row.sha256]))
}

export async function saveItem(db: Database, changeId: string, item: CampaignItem): Promise<void> {
  await sql`
    insert into campaign_item (change_id, component_ref, repository, state, number, url, conflicts, message)
    values (${changeId}, ${item.componentRef}, ${item.repository}, ${item.state}, ${item.number}, ${item.url}, ${JSON.stringify(item.conflicts)}::jsonb, ${item.message})
    on conflict (change_id, component_ref) do update set state = excluded.state, number = excluded.number, url = excluded.url, conflicts = excluded.conflicts,
      message = excluded.message, updated_at = now() where campaign_item.state not in ('merged', 'closed')`.execute(db)
}

export async function listItems(db: Database, changeId: string): Promise<CampaignItem[]> {
  const { rows } = await sql<CampaignItem>`
    select component_ref as "componentRef", repository, state, number, url, conflicts, message from campaign_item where change_id = ${changeId} order by component_ref`.execute(
    db,
  )
  return rows
}

/** What a campaign is for. */
export interface CampaignRow {
  changeId: string
  template: string
  toCommit: string
  toVersion: string
}

export async function insertCampaign(tx: Transaction, row: CampaignRow): Promise<void> {
  await sql`insert into campaign (change_id, template_ref, to_commit, to_version) values (${row.changeId}, ${row.template}, ${row.toCommit}, ${row.toVersion})
    on conflict do nothing`.execute(tx)
}

export async function listCampaigns(db: Database, changeIds: readonly string[]): Promise<Map<string, CampaignRow>> {
  const { rows } = await sql<CampaignRow>`
    select change_id as "changeId", template_ref as template, to_commit as "toCommit", to_version as "toVersion" from campaign where change_id = any(${[...changeIds]}::text[])`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.changeId, row]))
}

/** The newest open proposal for each child of a template, by component. */
export async function listOpenOf(db: Database, templateRef: string): Promise<Map<string, CampaignItem>> {
  const { rows } = await sql<CampaignItem>`
    select distinct on (i.component_ref) i.component_ref as "componentRef", i.repository, i.state, i.number, i.url, i.conflicts, i.message
    from campaign_item i join campaign c on c.change_id = i.change_id
    where c.template_ref = ${templateRef} and i.state in ('open', 'conflict') and i.number is not null order by i.component_ref, i.updated_at desc`.execute(db)
  return new Map(rows.map((row) => [row.componentRef, row]))
}

/** How many items each campaign has in each state. */
export async function countItems(db: Database, changeIds: readonly string[]): Promise<Map<string, Partial<Record<ItemState, number>>>> {
  const counts = new Map<string, Partial<Record<ItemState, number>>>()
  const { rows } = await sql<{
    changeId: string
    state: ItemState
    count: number
  }>`select change_id as "changeId", state, count(*)::int as count from campaign_item where change_id = any(${[...changeIds]}::text[]) group by 1, 2`.execute(
    db,
  )
  for (const { changeId, state, count } of rows) counts.set(changeId, { ...counts.get(changeId), [state]: count })
  return counts
}

/** Follows what became of a pull request. Reopened ones count as open again. */
export async function settleItem(db: Database, pullRequest: { repository: string; number: number }, state: 'open' | 'merged' | 'closed'): Promise<void> {
  await sql`update campaign_item set state = ${state}, updated_at = now()
    where repository = ${pullRequest.repository} and number = ${pullRequest.number} and state <> ${state}`.execute(db)
}

export async function endLineage(db: Database, row: { componentRef: string; endedBy: string; reason: string; endedAt: Date }): Promise<void> {
  await sql`insert into lineage_end (component_ref, ended_by, reason, ended_at) values (${row.componentRef}, ${row.endedBy}, ${row.reason}, ${row.endedAt})
    on conflict do nothing`.execute(db)
}

export async function resumeLineage(db: Database, componentRef: string): Promise<void> {
  await sql`delete from lineage_end where component_ref = ${componentRef}`.execute(db)
}

/** A list as JSON. */
export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json
