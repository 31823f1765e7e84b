import { z } from 'zod'
import { jsonRoute, type Route } from '#kernel/node/http'
import { LOCAL_ACCOUNT, type CloudAccount } from './account.ts'

export interface AccountDeps {
  /** What the organisation declares; the catalog implements it. */
  accounts: () => Promise<readonly CloudAccount[]>
}

/** Cloud accounts, this machine among them. A declared `local` is the organisation's own words for it. */
export function createAccounts(deps: AccountDeps): { list: () => Promise<CloudAccount[]>; routes: Route[] } {
  const list = async (): Promise<CloudAccount[]> => {
    const declared = await deps.accounts()
    const all = declared.some((account) => account.name === LOCAL_ACCOUNT.name) ? [...declared] : [LOCAL_ACCOUNT, ...declared]
    return all.sort((a, b) => (a.name < b.name ? -1 : 1))
  }
  const route = jsonRoute({
    method: 'GET',
    path: '/api/v1/cloud/accounts',
    operation: 'accounts.list',
    summary: 'List cloud accounts',
    tag: 'cloud',
    permission: 'cloud:read',
    response: z.object({
      items: z.array(
        z.object({
          name: z.string(),
          title: z.string(),
          description: z.string(),
          provider: z.enum(['aws', 'azure', 'gcp', 'local']),
          accountId: z.string().nullable(),
          regions: z.array(z.string()),
        }),
      ),
      nextCursor: z.null(),
    }),
    handle: async () => ({
      items: (await list()).map((account) => ({ ...account, accountId: account.accountId ?? null, regions: [...account.regions] })),
      nextCursor: null,
    }),
  })
  return { list, routes: [route] }
}
