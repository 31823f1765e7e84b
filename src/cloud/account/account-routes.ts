import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import type { CloudAccount } from './account.ts'

const accountSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  provider: z.enum(['aws', 'azure', 'gcp', 'local']),
  regions: z.array(z.string()),
  owner: z.string().nullable(),
})

/** @param deps.accounts the accounts of the organisation; the catalog gives them. */
export function accountRoutes(deps: { accounts: () => Promise<readonly CloudAccount[]> }): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/v1/cloud/accounts',
      operation: 'accounts.list',
      summary: 'List the cloud accounts that environments can be bound to',
      tag: 'cloud',
      permission: 'cloud:read',
      response: z.object({ items: z.array(accountSchema), nextCursor: z.string().nullable() }),
      handle: async () => ({ items: (await deps.accounts()).map((account) => ({ ...account, regions: [...account.regions] })), nextCursor: null }),
    }),
  ]
}
