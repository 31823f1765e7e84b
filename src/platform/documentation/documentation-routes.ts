import { z } from 'zod'
import { jsonRoute, rawRoute, type Route } from '#kernel/node/http'
import { formatEntityRef } from '#platform/catalog'
import type { DocumentationDeps } from './documentation.ts'
import { documentationFaults } from './documentation-faults.ts'
import { findPage, findSite, searchPages } from './documentation-store.ts'
import { cleanPath } from './mkdocs-file.ts'
import type { NavItem } from './navigation.ts'
import { withoutFrontMatter } from './page-text.ts'
import { stalenessOf } from './staleness.ts'

const refParams = z.object({ kind: z.string().min(1), namespace: z.string().min(1), name: z.string().min(1) })
const navItem: z.ZodType<NavItem> = z
  .object({
    title: z.string(),
    path: z.string().optional(),
    url: z.string().optional(),
    get children(): z.ZodOptional<z.ZodArray<z.ZodType<NavItem>>> {
      return z.array(navItem).optional()
    },
  })
  .meta({ id: 'DocsNavItem' }) as z.ZodType<NavItem>
const pageLink = z.object({ path: z.string(), title: z.string() }).nullable()
const problem = z.object({ field: z.string(), message: z.string(), file: z.string().optional(), line: z.number().optional(), column: z.number().optional() })
const PATH = '/api/v1/docs/{kind}/{namespace}/{name}'
const MAX_ASSET_BYTES = 10 * 1024 * 1024

/** What is shown in a page, by the end of its name. Anything else is offered for download. */
const SHOWN_TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  svg: 'image/svg+xml',
  mp4: 'video/mp4',
}

/** `/api/v1/docs/…` */
export function documentationRoutes(deps: Pick<DocumentationDeps, 'db' | 'reader' | 'clock'>): Route[] {
  const { db, reader, clock } = deps
  const tag = 'Documentation'
  return [
    jsonRoute({
      method: 'GET',
      path: PATH,
      operation: 'docs.get',
      summary: "Get an entity's documentation: its navigation and how old it is",
      tag,
      permission: 'catalog:read',
      params: refParams,
      response: z.object({
        title: z.string(),
        nav: z.array(navItem),
        home: z.string(),
        repository: z.string(),
        branch: z.string(),
        commit: z.string(),
        updatedAt: z.iso.datetime(),
        staleness: z.object({ state: z.enum(['fresh', 'ageing', 'stale']), reason: z.string(), codeChangedAt: z.iso.datetime() }),
        problems: z.array(problem),
      }),
      errors: [documentationFaults.none],
      handle: async ({ params }) => {
        const ref = formatEntityRef(params)
        const site = await findSite(db, ref)
        if (!site) throw documentationFaults.none({ ref })
        const { title, nav, home, repository, branch, commit, updatedAt, codeChangedAt, commitsSince } = site
        const staleness = { ...stalenessOf({ updatedAt, commitsSince, now: clock.now() }), codeChangedAt: codeChangedAt.toISOString() }
        return {
          title,
          nav,
          home,
          repository,
          branch,
          commit,
          updatedAt: updatedAt.toISOString(),
          staleness,
          problems: site.problems.map((item) => problem.parse(item)),
        }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: `${PATH}/page`,
      operation: 'docs.page',
      summary: 'Get one page as Markdown, with its headings, its neighbours and who wrote it last',
      tag,
      permission: 'catalog:read',
      params: refParams,
      query: z.object({ path: z.string().max(1_000).optional() }),
      response: z.object({
        path: z.string(),
        title: z.string(),
        markdown: z.string(),
        headings: z.array(z.object({ level: z.number(), text: z.string(), id: z.string() })),
        updatedAt: z.iso.datetime(),
        commit: z.string(),
        author: z.string(),
        editUrl: z.string(),
        previous: pageLink,
        next: pageLink,
      }),
      errors: [documentationFaults.none, documentationFaults.no_page],
      handle: async ({ params, query }) => {
        const ref = formatEntityRef(params)
        const site = await findSite(db, ref)
        if (!site) throw documentationFaults.none({ ref })
        const path = cleanPath(query.path ?? site.home) ?? ''
        const page = await findPage(db, ref, path)
        if (!page) throw documentationFaults.no_page({ ref, path })
        const file = site.folder === '' ? path : `${site.folder}/${path}`
        return {
          ...page,
          markdown: withoutFrontMatter(page.markdown),
          updatedAt: page.updatedAt.toISOString(),
          editUrl: reader.editUrl(site.repository, site.branch, file),
        }
      },
    }),
    jsonRoute({
      method: 'GET',
      path: `${PATH}/search`,
      operation: 'docs.search',
      summary: 'Search the pages of one entity',
      tag,
      permission: 'catalog:read',
      params: refParams,
      query: z.object({ q: z.string().max(200), limit: z.coerce.number().int().min(1).max(50).default(20) }),
      response: z.object({ items: z.array(z.object({ path: z.string(), title: z.string(), excerpt: z.string() })) }),
      errors: [documentationFaults.none],
      handle: async ({ params, query }) => {
        if (!(await findSite(db, formatEntityRef(params)))) throw documentationFaults.none({ ref: formatEntityRef(params) })
        const found = await searchPages(db, { text: query.q, limit: query.limit, entityRef: formatEntityRef(params) })
        return { items: found.map(({ path, title, excerpt }) => ({ path, title, excerpt })) }
      },
    }),
    rawRoute({
      method: 'GET',
      path: `${PATH}/asset`,
      operation: 'docs.asset',
      summary: 'Get a picture or another file that lies beside the pages',
      tag,
      permission: 'catalog:read',
      handle: async ({ params, url }) => {
        const ref = formatEntityRef({ kind: params['kind'] ?? '', namespace: params['namespace'] ?? '', name: params['name'] ?? '' })
        const site = await findSite(db, ref)
        if (!site) throw documentationFaults.none({ ref })
        const path = cleanPath(url.searchParams.get('path') ?? '')
        if (path === undefined || path === '') throw documentationFaults.no_asset({ path: path ?? '' })
        const file = site.folder === '' ? path : `${site.folder}/${path}`
        const content = await reader.readFile(site.repository, site.commit, file, MAX_ASSET_BYTES).catch(() => undefined)
        if (!content) throw documentationFaults.no_asset({ path })
        const type = SHOWN_TYPES[path.slice(path.lastIndexOf('.') + 1).toLowerCase()]
        return new Response(Buffer.from(content), {
          headers: {
            'content-type': type ?? 'application/octet-stream',
            // A picture may hold scripts: opened by itself, it is nothing but a picture.
            'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
            'x-content-type-options': 'nosniff',
            'cache-control': 'private, max-age=300',
            ...(type === undefined ? { 'content-disposition': 'attachment' } : {}),
          },
        })
      },
    }),
  ]
}
