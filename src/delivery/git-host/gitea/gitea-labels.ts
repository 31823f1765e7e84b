import { z } from 'zod'
import type { RepositoryRef } from '../git-host.ts'
import type { ForgeClient } from '../remote/forge-client.ts'
import { repositoryPath } from './gitea-paths.ts'

const label = z.looseObject({ id: z.number(), name: z.string() })
const GREY = '#ededed'

/** Ids of labels, which Gitea wants instead of names; those that are missing are made. */
export async function labelIds(client: ForgeClient, ref: RepositoryRef, names: readonly string[]): Promise<number[]> {
  if (names.length === 0) return []
  const path = `${repositoryPath(ref)}/labels`
  const own = (await client.all({ path, query: { limit: 50 } }, label)) ?? []
  // Labels of the organisation are not in the list of the repository; of a person there are none.
  const shared = (await client.all({ path: `/orgs/${encodeURIComponent(ref.owner)}/labels`, query: { limit: 50 } }, label)) ?? []
  const ids = new Map([...shared, ...own].map((each) => [each.name, each.id]))
  for (const name of names) if (!ids.has(name)) ids.set(name, (await client.get({ method: 'POST', path, body: { name, color: GREY } }, label)).id)
  return names.flatMap((name) => ids.get(name) ?? [])
}
