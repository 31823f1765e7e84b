import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'
import { startLoop } from '#kernel/node/lifecycle'
import type { Access } from '#platform/access'
import type { Catalog } from '#platform/catalog'
import type { EventFeed } from '#platform/event'
import { createSearch, type HitType, type Search, type SearchRecord, type SearchSource } from '#platform/search'
import type { Foundation } from './foundation.ts'

/** The newest runs and changes that are found by words; older ones are in their lists. */
const MAX_NEWEST = 10_000
const MAX_PAGES = 20_000
const MAX_PAGE_TEXT = 20_000
/** Pages are read from repositories, which tell nobody: how often their sites are looked at. */
const DOCS_MS = 5_000
const TYPE_OF_SUBJECT: Record<string, HitType> = { run: 'run', change: 'change' }

/** Search over what the platform knows, kept up by the catalog, the event log and a look at the sites of pages. */
export function search(
  base: Foundation,
  deps: { catalog: Pick<Catalog, 'query' | 'subscribe'>; authorize: Access['authorize']; feed: Pick<EventFeed, 'subscribe'> },
): Search {
  const { db, log } = base
  const made = createSearch({ log, catalog: deps.catalog, authorize: deps.authorize, sources: [pages(db), runs(db), changes(db)] })
  return {
    ...made,
    start: () => {
      const stack = new AsyncDisposableStack()
      stack.use(made.start())
      const onEvent = async ({ subject }: { subject: string }): Promise<void> => {
        const at = subject.indexOf('/')
        const type = TYPE_OF_SUBJECT[subject.slice(0, at)]
        if (type) await made.refresh(type, [subject.slice(at + 1)])
      }
      stack.use(deps.feed.subscribe('search', onEvent))
      let known = ''
      stack.use(
        startLoop({
          name: 'search of pages',
          intervalMs: DOCS_MS,
          log,
          work: async () => {
            const { rows } = await sql<{ state: string }>`
              select count(*) || ' ' || coalesce(max(updated_at)::text, '') || ' ' || coalesce(sum(hashtext(entity_ref || commit_sha)::bigint)::text, '') as state from doc_site`.execute(
              db,
            )
            const state = rows[0]?.state ?? ''
            if (known !== '' && state !== known) await made.refresh('doc')
            known = state
          },
        }),
      )
      return stack
    },
  }
}

function pages(db: Database): SearchSource {
  return {
    type: 'doc',
    permission: 'catalog:read',
    weight: 0.5,
    read: async () => {
      const { rows } = await sql<{ entityRef: string; path: string; title: string; site: string; headings: string; body: string }>`
        select p.entity_ref as "entityRef", p.path, p.title, s.title as site, p.headings::text as headings, left(p.body, ${MAX_PAGE_TEXT}) as body
        from doc_page p join doc_site s on s.entity_ref = p.entity_ref order by p.entity_ref, p.position limit ${MAX_PAGES}`.execute(db)
      return rows.map(({ entityRef, path, title, site, headings, body }): SearchRecord => ({
        kind: 'Documentation',
        ref: `${entityRef.replace(':', '/')}/${path}`,
        title,
        summary: `${site} · ${body.slice(0, 160).replaceAll(/\s+/g, ' ').trim()}`,
        href: `/docs/${entityRef.replace(':', '/')}/${path.split('/').map(encodeURIComponent).join('/')}`,
        keywords: `${site} ${(JSON.parse(headings) as { text?: string }[]).map(({ text }) => text ?? '').join(' ')}`,
        text: body,
      }))
    },
  }
}

function runs(db: Database): SearchSource {
  return {
    type: 'run',
    permission: 'run:read',
    weight: 0.2,
    read: async (refs) => {
      const { rows } = await sql<Record<'id' | 'number' | 'repository' | 'workflow' | 'branch' | 'message' | 'actor' | 'state', string>>`
        select id, number::text, repository, workflow_name as workflow, branch, commit_message as message, actor, coalesce(conclusion, state) as state
        from pipeline_run where ${refs ? sql`id = any(${refs}::text[])` : sql`true`} order by id desc limit ${MAX_NEWEST}`.execute(db)
      return rows.reverse().map(({ id, number, repository, workflow, branch, message, actor, state }): SearchRecord => ({
        kind: 'Run',
        ref: id,
        title: `${workflow} #${number} of ${repository}`,
        summary: `${state} · ${branch} · ${message.split('\n', 1)[0] ?? ''}`.slice(0, 200),
        href: `/pipelines/${id}`,
        keywords: `${branch} ${actor.slice(actor.lastIndexOf('/') + 1)}`,
        text: message.slice(0, 1_000),
      }))
    },
  }
}

function changes(db: Database): SearchSource {
  return {
    type: 'change',
    permission: 'change:read',
    weight: 0.25,
    read: async (refs) => {
      const { rows } = await sql<Record<'id' | 'title' | 'kind' | 'component' | 'environment' | 'state' | 'by', string>>`
        select id, title, kind, coalesce(component, '') as component, coalesce(environment, '') as environment, state, requested_by as by
        from change where ${refs ? sql`id = any(${refs}::text[])` : sql`true`} order by id desc limit ${MAX_NEWEST}`.execute(db)
      return rows.reverse().map(({ id, title, kind, component, environment, state, by }): SearchRecord => ({
        kind: 'Change',
        ref: id,
        title,
        summary: [state, environment, by].filter((text) => text !== '').join(' · '),
        href: `/changes/${id}`,
        keywords: `${kind} ${component} ${environment} ${by.slice(by.lastIndexOf('/') + 1)}`,
        text: '',
      }))
    },
  }
}
