import { z } from 'zod'
import { jsonRoute, type Caller, type ResourceRef, type Route } from '#kernel/node/http'
import { viewFaults } from './view-faults.ts'
import type { ViewService } from './view-service.ts'
import { VIEW_PAGES, type View } from './view.ts'

const name = z.string().trim().min(1).max(60)
const search = z
  .string()
  .max(2_000)
  .refine((text) => !/[#\s]/.test(text) && !text.startsWith('?'), 'is the part of an address after the question mark')
const columns = z.array(z.string().min(1).max(40)).max(30)
const content = z.strictObject({ name, search, columns: columns.default([]), isShared: z.boolean().default(false) })
const view = z.object({
  id: z.string(),
  page: z.enum(VIEW_PAGES),
  name: z.string(),
  search: z.string(),
  columns: z.array(z.string()),
  isShared: z.boolean(),
  owner: z.string(),
  /** Whether the caller keeps it. */
  isOwn: z.boolean(),
  updatedAt: z.iso.datetime(),
})
const idParams = z.object({ id: z.string().max(100) })

/** `/api/v1/views` */
export function viewRoutes(service: ViewService): Route[] {
  const shown = (kept: View, caller: Caller): z.infer<typeof view> => ({
    id: kept.id,
    page: kept.page,
    name: kept.name,
    search: kept.search,
    columns: kept.columns,
    isShared: kept.isShared,
    owner: kept.owner,
    isOwn: kept.owner === caller.principal,
    updatedAt: kept.updatedAt.toISOString(),
  })
  // What others keep to themselves is not there, for anybody: that is said before any permission is asked.
  const resource = async ({ params, caller }: { params: { id: string }; caller: Caller }): Promise<ResourceRef> => {
    const found = await service.get(params.id, caller.principal)
    return { type: 'View', id: found.id, attributes: { keptBy: found.owner } }
  }
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/views',
      operation: 'views.list',
      summary: 'List saved views: your own, then what others share',
      tag: 'views',
      permission: 'catalog:read',
      query: z.object({ page: z.enum(VIEW_PAGES).default('catalog') }),
      response: z.object({ items: z.array(view) }),
      handle: async ({ query, caller }) => ({ items: (await service.list(query.page, caller.principal)).map((item) => shown(item, caller)) }),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/v1/views',
      operation: 'views.create',
      summary: 'Save a view',
      tag: 'views',
      permission: 'view:create',
      status: 201,
      body: content.extend({ page: z.enum(VIEW_PAGES).default('catalog') }),
      response: view,
      errors: [viewFaults.name_taken, viewFaults.too_many],
      handle: async ({ body, caller }) => shown(await service.create(body, caller.principal), caller),
    }),
    jsonRoute({
      method: 'PUT',
      path: '/api/v1/views/{id}',
      operation: 'views.update',
      summary: 'Rename, alter or share a view of yours',
      tag: 'views',
      permission: 'view:update',
      resource,
      params: idParams,
      body: content,
      response: view,
      errors: [viewFaults.not_found, viewFaults.name_taken],
      handle: async ({ params, body, caller }) => shown(await service.update(params.id, body, caller.principal), caller),
    }),
    jsonRoute({
      method: 'DELETE',
      path: '/api/v1/views/{id}',
      operation: 'views.delete',
      summary: 'Delete a view',
      tag: 'views',
      permission: 'view:delete',
      resource,
      status: 204,
      params: idParams,
      response: z.null(),
      errors: [viewFaults.not_found],
      handle: async ({ params, caller }) => {
        await service.remove(params.id, caller.principal)
        return null
      },
    }),
  ]
}
