import { z } from 'zod'
import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import { jsonRoute, type Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { Keyring } from './keyring.ts'
import { SealedSecretStore } from './secret-store.ts'

/** Sealed secrets and the route that lists them, never their values. The keyring comes from `Keyring.open('<data>/master.key')`. */
export function createSecrets(deps: { db: Database; journal: Journal; clock: Clock; keyring: Keyring }): { store: SealedSecretStore; routes: Route[] } {
  const store = new SealedSecretStore(deps)
  const list = jsonRoute({
    method: 'GET',
    path: '/api/v1/secrets',
    operation: 'secrets.list',
    summary: 'List secrets by path, without their values',
    tag: 'secrets',
    permission: 'secret:read-metadata',
    query: z.object({
      prefix: z.string().max(300).default(''),
      cursor: z.string().max(300).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    response: z.object({
      items: z.array(
        z.object({ path: z.string(), version: z.int(), createdAt: z.iso.datetime(), createdBy: z.string(), lastReadAt: z.iso.datetime().nullable() }),
      ),
      nextCursor: z.string().nullable(),
    }),
    handle: async ({ query }) => {
      const rows = await store.list(query.prefix, { after: query.cursor, limit: query.limit })
      const items = rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString(), lastReadAt: row.lastReadAt?.toISOString() ?? null }))
      return { items, nextCursor: items.length === query.limit ? (items.at(-1)?.path ?? null) : null }
    },
  })
  return { store, routes: [list] }
}
