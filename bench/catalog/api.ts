import type { LoadTarget } from './closed-loop.ts'

/** Asks for JSON. @throws Error unless the answer is a success. */
export async function askJson<T>(target: LoadTarget, path: string, body?: unknown): Promise<T> {
  const response = await fetch(new URL(path, target.url), {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`)
  return JSON.parse(text) as T
}

/** Whether the platform answers this request with 200. */
export async function isAnswered(target: LoadTarget, order: { method?: string; path: string; body?: unknown }): Promise<boolean> {
  const response = await fetch(new URL(order.path, target.url), {
    method: order.method ?? 'GET',
    headers: { authorization: `Bearer ${target.token}`, 'content-type': 'application/json' },
    ...(order.body === undefined ? {} : { body: JSON.stringify(order.body) }),
  })
  await response.arrayBuffer()
  return response.status === 200
}

/** A token of a service that may read everything, as a portal or a script has it. */
export async function serviceToken(administrator: LoadTarget): Promise<LoadTarget> {
  const wish = { name: 'bench', subject: 'service:default/bench', scopes: ['*:read', '*:list'], ttlSeconds: 86_400 }
  const { token } = await askJson<{ token: string }>(administrator, '/api/v1/tokens', wish)
  return { url: administrator.url, token }
}

/** How many entities there are, by Backstage's count. */
export async function entityCount(target: LoadTarget): Promise<number> {
  return (await askJson<{ totalItems: number }>(target, '/api/catalog/entities/by-query?limit=0')).totalItems
}
