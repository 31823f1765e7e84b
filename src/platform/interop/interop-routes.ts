import { z } from 'zod'
import { Secret } from '#kernel/common/secret'
import type { Egress } from '#kernel/node/egress'
import { jsonRoute, type Route } from '#kernel/node/http'
import { parseFilters, type CatalogReader, type Entity } from '#platform/catalog'
import { adoptBackstage, type AdoptedLocations } from './backstage/adopt-backstage.ts'
import { exportBackstage } from './backstage/export-backstage.ts'
import { exportCortex } from './cortex/export-cortex.ts'
import { importFiles, type ImportDeps } from './import-service.ts'
import { FORMATS, type Exported, type Format } from './interop.ts'
import { interopFaults } from './interop-faults.ts'
import { exportPort } from './port/export-port.ts'

export interface InteropDeps extends ImportDeps {
  catalog: Pick<CatalogReader, 'listByRefs' | 'query'>
  locations: AdoptedLocations
  fetch: Egress['fetch']
  publicUrl: () => string
  /** How a person is called in commits. */
  nameOf: (principal: string) => Promise<string>
}

const file = z.object({ path: z.string().min(1).max(1_000), text: z.string().max(5_000_000) })
const loss = z
  .object({ path: z.string(), field: z.string(), effect: z.enum(['dropped', 'kept', 'approximated']), reason: z.string() })
  .meta({ id: 'InteropLoss' })
const problem = z.object({ field: z.string(), message: z.string(), file: z.string().optional(), line: z.number().optional(), column: z.number().optional() })
const repository = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*\/[a-z0-9][a-z0-9._-]*$/, 'write owner/name')
  .default('fairway/imported')
const result = z.object({
  entities: z.array(z.object({ ref: z.string(), change: z.enum(['added', 'altered', 'unchanged', 'conflict']), text: z.string(), needsReview: z.boolean() })),
  losses: z.array(loss),
  problems: z.array(problem),
  repository: z.string().nullable(),
  commit: z.string().nullable(),
  pullRequest: z.object({ repository: z.string(), number: z.number(), url: z.string() }).nullable(),
})
const MAX_FILES = 5_000
const MAX_BODY_BYTES = 64 * 1024 * 1024
const EXPORTED_AT_MOST = 200_000

/** `/api/v1/imports`, `/api/v1/exports/{format}`, `/api/v1/adoptions`. */
export function interopRoutes(deps: InteropDeps): Route[] {
  const tag = 'Interoperability'
  return [
    jsonRoute({
      method: 'POST',
      path: '/api/v1/imports',
      operation: 'imports.create',
      summary: 'Take over files of Backstage, Port or Cortex; tells what is lost, and with dryRun writes nothing',
      tag,
      permission: 'catalog:import',
      bodyLimitBytes: MAX_BODY_BYTES,
      body: z.strictObject({ format: z.enum(FORMATS), files: z.array(file).min(1).max(MAX_FILES), dryRun: z.boolean().default(false), repository }),
      response: result,
      errors: [interopFaults.nothing],
      handle: async ({ body, caller }) => shown(await importFiles(deps, { ...body, actor: await actorOf(deps, caller.principal) })),
    }),
    jsonRoute({
      method: 'GET',
      path: '/api/v1/exports/{format}',
      operation: 'exports.get',
      summary: 'Get the catalog, or what a filter selects of it, as files of Backstage, Port or Cortex',
      tag,
      permission: 'catalog:read',
      params: z.object({ format: z.enum(FORMATS) }),
      query: z.object({ filter: z.union([z.string(), z.array(z.string())]).optional() }),
      response: z.object({ files: z.array(z.object({ path: z.string(), text: z.string() })), losses: z.array(loss) }),
      handle: async ({ params, query }) => {
        const filters = query.filter === undefined ? [] : [query.filter].flat()
        const predicate = parseFilters(filters)
        const { items } = await deps.catalog.query({
          ...(predicate ? { predicate } : {}),
          orders: [{ field: 'kind', order: 'asc' }],
          tie: 'ref',
          limit: EXPORTED_AT_MOST,
        })
        return exportAs(
          params.format,
          items.map((item) => JSON.parse(item.json) as Entity),
          deps.publicUrl(),
        )
      },
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/adoptions',
      operation: 'adoptions.create',
      summary: "Take over a running Backstage's catalog: its addresses become locations, the rest is copied",
      tag,
      permission: 'catalog:import',
      body: z.strictObject({
        url: z.url({ protocol: /^https?$/ }),
        token: z.string().min(1).max(10_000).optional(),
        dryRun: z.boolean().default(false),
        repository,
      }),
      response: result.extend({
        total: z.number(),
        locations: z.array(z.object({ target: z.string(), count: z.number(), outcome: z.enum(['added', 'copied']), reason: z.string() })),
      }),
      errors: [interopFaults.not_reached, interopFaults.too_large],
      handle: async ({ body: { token, ...body }, caller }) => {
        const adopted = await adoptBackstage(deps, {
          ...body,
          token: token === undefined ? undefined : new Secret(token),
          actor: await actorOf(deps, caller.principal),
          caller,
        })
        return { ...shown(adopted), total: adopted.total, locations: adopted.locations }
      },
    }),
  ]
}

function exportAs(format: Format, entities: readonly Entity[], publicUrl: string): Exported {
  if (format === 'port') return exportPort(entities, { publicUrl })
  return format === 'cortex' ? exportCortex(entities) : exportBackstage(entities)
}

async function actorOf(deps: InteropDeps, principal: string): Promise<{ ref: string; name: string }> {
  return { ref: principal, name: await deps.nameOf(principal) }
}

/** Without the files: their texts are those of the entities. */
function shown({ entities, losses, problems, repository: written, commit, pullRequest }: Awaited<ReturnType<typeof importFiles>>): z.infer<typeof result> {
  return { entities, losses, problems: problems.map((item) => problem.parse(item)), repository: written, commit, pullRequest }
}
