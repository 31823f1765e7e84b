import { createClient, type Client } from '#contract'

/** Somebody of the walk: a client that acts as them, and the token behind it (plain git needs it). */
export interface Person {
  ref: string
  name: string
  email: string
  token: string
  client: Client
}

/** The administrator lends the walk a short-lived token of a person of the starter organisation; the log says by whom. */
export async function actAs(administrator: Client, ref: string, name: string): Promise<Person> {
  const made = await administrator.call('tokens.create', { body: { name: 'first walk', subject: ref, scopes: ['*'], ttlSeconds: 3 * 3_600 } })
  return {
    ref,
    name,
    email: `${name.toLowerCase()}@example.com`,
    token: made.token,
    client: createClient({ baseUrl: administrator.baseUrl, token: made.token }),
  }
}
