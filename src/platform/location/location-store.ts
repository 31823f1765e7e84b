import { sql, type Generated } from 'kysely'
import type { FieldProblem } from '#kernel/common/fault'
import type { Database, Queryable, Transaction } from '#kernel/node/database'
import type { KnownFile } from './crawl.ts'
import type { Location, LocationState } from './location.ts'
import type { LocationKind } from './location-target.ts'
import { repositoryName } from './place.ts'

type Tables = {
  location: {
    id: Generated<string>
    kind: LocationKind
    target: string
    source: string
    is_built_in: Generated<boolean>
    parent_id: string | null
    host: string | null
    repository: string | null
    allow: Generated<string[]>
    added_by: string
    added_at: Generated<Date>
    state: Generated<LocationState>
    problems: Generated<unknown>
    commits: Generated<unknown>
    fingerprint: Generated<string>
    attempts: Generated<number>
    last_read_at: Date | null
    next_read_at: Date | null
    removed_by: string | null
    requests: Generated<number>
  }
  location_file: {
    location_id: string
    key: string
    place: unknown
    repository: string | null
    version: string | null
    via: string | null
    target: string | null
    parent: string | null
    listings: unknown
    includes: unknown
    problems: unknown
  }
}

/** What a new row is made of. */
export interface NewLocation {
  kind: LocationKind
  target: string
  /** `location:<id>` unless told. */
  source?: string
  isBuiltIn?: boolean
  parentId?: string
  host?: string | null
  repository?: string | null
  allow: readonly string[]
  addedBy: string
  nextReadAt: Date | null
}

/** A file as the last reading left it, with what is wrong in it. */
export interface StoredFile extends KnownFile {
  problems: readonly FieldProblem[]
}

/** The rows of locations and of what they read. */
export class LocationStore {
  readonly db: Database

  constructor(db: Database) {
    this.db = db
  }

  /** @returns undefined when there is one with this target (or source) already. */
  async insert(queryable: Queryable, input: NewLocation): Promise<Location | undefined> {
    const id = crypto.randomUUID()
    const row = await tablesOf(queryable)
      .insertInto('location')
      .values({
        id,
        kind: input.kind,
        target: input.target,
        source: input.source ?? `location:${id}`,
        is_built_in: input.isBuiltIn ?? false,
        parent_id: input.parentId ?? null,
        host: input.host ?? null,
        repository: input.repository ?? null,
        allow: [...input.allow],
        added_by: input.addedBy,
        next_read_at: input.nextReadAt,
        last_read_at: null,
        removed_by: null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    return row && locationOf(row)
  }

  async find(id: string): Promise<Location | undefined> {
    if (!/^[0-9a-f-]{36}$/i.test(id)) return undefined
    return await this.#first(sql`id = ${id}::uuid`)
  }

  async findBySource(source: string): Promise<Location | undefined> {
    return await this.#first(sql`source = ${source}`)
  }

  async findByTarget(target: string): Promise<Location | undefined> {
    return await this.#first(sql`target = ${target} and not is_built_in`)
  }

  /** By time of registration, those of the built-in host last; behind `after`. */
  async list(options: { limit: number; after?: string | undefined; isBuiltIn?: boolean | undefined; parentId?: string | undefined }): Promise<Location[]> {
    const { rows } = await sql<Row>`
      select l.* from location l
      where (${options.isBuiltIn ?? null}::boolean is null or l.is_built_in = ${options.isBuiltIn ?? null}) and (l.removed_by is null or ${options.parentId !== undefined})
      order by l.is_built_in, l.added_at, l.id`.execute(this.db)
    const all = rows.map(locationOf).filter((item) => options.parentId === undefined || item.parentId === options.parentId)
    const start = options.after === undefined ? 0 : all.findIndex((item) => item.id === options.after) + 1
    return all.slice(start, start + options.limit)
  }

  async count(isBuiltIn: boolean | undefined): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from location where ${isBuiltIn ?? null}::boolean is null or is_built_in = ${isBuiltIn ?? null}`.execute(this.db)
    return rows[0]?.count ?? 0
  }

  /** Ids of those whose time has come, longest overdue first. */
  async listDue(now: Date, limit: number): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      select id from location where next_read_at <= ${now} order by next_read_at limit ${limit}`.execute(this.db)
    return rows.map((row) => row.id)
  }

  async nextDueAt(): Promise<Date | undefined> {
    const { rows } = await sql<{ at: Date | null }>`select min(next_read_at) as at from location`.execute(this.db)
    return rows[0]?.at ?? undefined
  }

  /** Makes locations due now: those that lie in, or read something of, a repository. @returns how many. */
  async makeDueByRepository(host: string, repository: string, now: Date): Promise<number> {
    const name = repositoryName({ host, repository })
    const { rows } = await sql<{ id: string }>`
      update location set next_read_at = ${now}, attempts = 0, requests = requests + 1
      where not is_built_in and ((host = ${host} and lower(repository) = lower(${repository}))
        or id in (select location_id from location_file where lower(repository) = lower(${name})))
      returning id`.execute(this.db)
    return rows.length
  }

  async makeDue(id: string, now: Date): Promise<void> {
    await sql`update location set next_read_at = ${now}, attempts = 0, state = 'reading', requests = requests + 1 where id = ${id}::uuid`.execute(this.db)
  }

  async setTarget(tx: Transaction, id: string, to: Pick<NewLocation, 'kind' | 'target' | 'host' | 'repository'> & { now: Date }): Promise<void> {
    await sql`update location set kind = ${to.kind}, target = ${to.target}, host = ${to.host ?? null}, repository = ${to.repository ?? null},
      state = 'reading', fingerprint = '', commits = '{}', next_read_at = ${to.now}, attempts = 0, requests = requests + 1 where id = ${id}::uuid`.execute(tx)
  }

  async markRemoved(tx: Transaction, id: string, actor: string, now: Date): Promise<void> {
    await sql`update location set removed_by = ${actor}, next_read_at = ${now}, requests = requests + 1 where id = ${id}::uuid or parent_id = ${id}::uuid`.execute(
      tx,
    )
  }

  async postpone(id: string, until: Date): Promise<void> {
    await sql`update location set next_read_at = ${until} where id = ${id}::uuid`.execute(this.db)
  }

  /** After a reading that failed unexpectedly: it is tried again later, and says so. */
  async markFailed(id: string, message: string, attempts: number, until: Date): Promise<void> {
    await sql`update location set state = 'failed', attempts = ${attempts}, next_read_at = ${until},
      problems = ${JSON.stringify([{ field: 'target', message }])}::jsonb where id = ${id}::uuid`.execute(this.db)
  }

  /** Commits that repositories of the built-in host were read at, by repository. */
  async listBuiltIn(): Promise<Map<string, { id: string; commits: Readonly<Record<string, string>>; fingerprint: string }>> {
    const { rows } = await sql<{ id: string; target: string; commits: Record<string, string>; fingerprint: string }>`
      select id, target, commits, fingerprint from location where is_built_in`.execute(this.db)
    return new Map(rows.map(({ target, ...row }) => [target, row]))
  }

  async listFolders(): Promise<{ id: string; target: string }[]> {
    const { rows } = await sql<{ id: string; target: string }>`select id, target from location where kind = 'file' and removed_by is null`.execute(this.db)
    return rows
  }

  async delete(id: string): Promise<void> {
    await sql`delete from location where id = ${id}::uuid`.execute(this.db)
  }

  async listFiles(id: string): Promise<StoredFile[]> {
    const rows = await tablesOf(this.db).selectFrom('location_file').selectAll().where('location_id', '=', id).execute()
    return rows.map((row) => ({
      key: row.key,
      place: row.place as StoredFile['place'],
      version: row.version,
      via: row.via,
      target: row.target,
      parent: row.parent,
      listings: row.listings as StoredFile['listings'],
      includes: row.includes as StoredFile['includes'],
      problems: row.problems as StoredFile['problems'],
    }))
  }

  /** What a reading found: files that are new or differ, those that are gone, and how the location is now. */
  async settle(
    location: Location,
    outcome: {
      files: readonly StoredFile[]
      gone: readonly string[]
      state: LocationState
      problems: readonly FieldProblem[]
      commits: Readonly<Record<string, string>>
      fingerprint: string
      attempts: number
      readAt: Date
      nextReadAt: Date | null
    },
  ): Promise<void> {
    await this.db.transaction().execute(async (tx) => {
      if (outcome.gone.length > 0)
        await sql`delete from location_file where location_id = ${location.id}::uuid and key = any(${[...outcome.gone]}::text[])`.execute(tx)
      for (let from = 0; from < outcome.files.length; from += 500) await upsertFiles(tx, location.id, outcome.files.slice(from, from + 500))
      // A refresh that was asked for meanwhile stays due.
      await sql`update location set state = case when requests = ${location.requests} then ${outcome.state} else 'reading' end, problems = ${JSON.stringify(outcome.problems.slice(0, 100))}::jsonb,
        commits = ${JSON.stringify(outcome.commits)}::jsonb, fingerprint = ${outcome.fingerprint}, attempts = ${outcome.attempts},
        last_read_at = ${outcome.readAt},
        next_read_at = case when requests = ${location.requests} then ${outcome.nextReadAt} else next_read_at end
        where id = ${location.id}::uuid`.execute(tx)
    })
  }

  async #first(condition: ReturnType<typeof sql>): Promise<Location | undefined> {
    const { rows } = await sql<Row>`select * from location where ${condition}`.execute(this.db)
    return rows[0] && locationOf(rows[0])
  }
}

type Row = {
  [Key in keyof Tables['location']]: Tables['location'][Key] extends Generated<infer T> ? T : Tables['location'][Key]
}

async function upsertFiles(tx: Transaction, id: string, files: readonly StoredFile[]): Promise<void> {
  await tablesOf(tx)
    .insertInto('location_file')
    .values(
      files.map((file) => ({
        location_id: id,
        key: file.key,
        place: JSON.stringify(file.place),
        repository: file.place.type === 'repository' ? repositoryName(file.place) : null,
        version: file.version,
        via: file.via,
        target: file.target,
        parent: file.parent,
        listings: JSON.stringify(file.listings),
        includes: JSON.stringify(file.includes),
        problems: JSON.stringify(file.problems),
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['location_id', 'key']).doUpdateSet((eb) => ({
        place: eb.ref('excluded.place'),
        repository: eb.ref('excluded.repository'),
        version: eb.ref('excluded.version'),
        via: eb.ref('excluded.via'),
        target: eb.ref('excluded.target'),
        parent: eb.ref('excluded.parent'),
        listings: eb.ref('excluded.listings'),
        includes: eb.ref('excluded.includes'),
        problems: eb.ref('excluded.problems'),
      })),
    )
    .execute()
}

function locationOf(row: Row): Location {
  return {
    id: row.id,
    kind: row.kind,
    target: row.target,
    source: row.source,
    isBuiltIn: row.is_built_in,
    parentId: row.parent_id,
    host: row.host,
    repository: row.repository,
    allow: row.allow,
    addedBy: row.added_by,
    addedAt: row.added_at,
    state: row.state,
    problems: row.problems as FieldProblem[],
    attempts: row.attempts,
    lastReadAt: row.last_read_at,
    nextReadAt: row.next_read_at,
    isRemoved: row.removed_by !== null,
    commits: row.commits as Record<string, string>,
    fingerprint: row.fingerprint,
    requests: row.requests,
  }
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- kysely names it
function tablesOf(queryable: Queryable) {
  return queryable.withTables<Tables>()
}
