import { z } from 'zod'
import { isFault } from '#kernel/common/fault'
import type { Secret } from '#kernel/common/secret'
import type { Egress } from '#kernel/node/egress'
import type { Entity } from '#platform/catalog'
import { interopFaults } from '../interop-faults.ts'

const page = z.object({
  items: z.array(z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({ name: z.string() }) })),
  pageInfo: z.object({ nextCursor: z.string().optional() }).optional(),
})
const PAGE_SIZE = 500
const MAX_ENTITIES = 200_000
const MAX_PAGE_BYTES = 64 * 1024 * 1024

/**
 * All entities of a running Backstage, by its catalog API (`GET /api/catalog/entities/by-query`; reference: Backstage 1.55, catalog openapi.yaml).
 * @throws `platform.interop.not_reached`, `platform.interop.too_large`.
 */
export async function readBackstage(deps: { fetch: Egress['fetch'] }, from: { url: string; token: Secret | undefined }): Promise<Entity[]> {
  const base = `${from.url.replace(/\/+$/, '').replace(/\/api\/catalog$/, '')}/api/catalog`
  const entities: Entity[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(cursor === undefined ? {} : { cursor }) })
    const answer = await deps
      .fetch(`${base}/entities/by-query?${query.toString()}`, {
        headers: { accept: 'application/json', ...(from.token === undefined ? {} : { authorization: `Bearer ${from.token.reveal()}` }) },
        maxBytes: MAX_PAGE_BYTES,
      })
      .catch((error: unknown) => {
        // An address that may not be called is the asker's to mend, not the other side's.
        if (isFault(error) && error.status < 500) throw error
        throw interopFaults.not_reached({ url: base, what: error instanceof Error ? error.message : String(error) }, { cause: error })
      })
    if (answer.status === 401 || answer.status === 403)
      throw interopFaults.not_reached({ url: base, what: `answers ${answer.status}; give a token that may read the catalog` })
    if (!answer.ok) throw interopFaults.not_reached({ url: base, what: `answers ${answer.status}; is it a Backstage of 1.18 or later?` })
    const body = page.safeParse(await answer.json().catch(() => undefined))
    if (!body.success) throw interopFaults.not_reached({ url: base, what: 'answers something that is no page of entities' })
    entities.push(...(body.data.items as unknown as Entity[]))
    if (entities.length > MAX_ENTITIES) throw interopFaults.too_large({ what: `${from.url} has more than ${MAX_ENTITIES} entities` })
    cursor = body.data.items.length === 0 ? undefined : body.data.pageInfo?.nextCursor
  } while (cursor !== undefined)
  return entities
}
