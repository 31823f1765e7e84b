import { createHash } from 'node:crypto'

/** PostgreSQL cuts longer names off. */
const NAME_MAX_BYTES = 63

/**
 * Name of the database and of its role: `orders_dev_db`. Parts with other characters than a-z and 0-9, or too long, get a hash of the target,
 * so that no two targets ever share a name (`a-b`/`c` and `a`/`b-c` would).
 */
export function databaseName(resource: { component: string; environment: string; name: string }): string {
  const parts = [resource.component, resource.environment, resource.name]
  const plain = parts.join('_')
  if (parts.every((part) => /^[a-z0-9]+$/.test(part)) && /^[a-z]/.test(plain) && plain.length <= NAME_MAX_BYTES) return plain
  const hash = createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 8)
  // Never three plain parts, so never the name of another: the hash is a fourth.
  return `c_${plain.replaceAll(/[^a-z0-9]+/g, '_').slice(0, NAME_MAX_BYTES - 11)}_${hash}`
}

/** Address of a service: over the socket when the server listens on one only. `host` is a folder then. */
export function serviceUrl(adminUrl: string, service: { name: string; password: string }): { url: string; host: string; port: number } {
  const url = new URL(adminUrl)
  const socket = url.searchParams.get('host')
  const host = socket ?? url.hostname
  const port = Number(url.port === '' ? 5432 : url.port)
  const query = socket === null ? '' : `?host=${encodeURIComponent(socket)}`
  const authority = `${service.name}:${encodeURIComponent(service.password)}@${socket === null ? url.hostname : 'localhost'}:${port}`
  return { url: `postgresql://${authority}/${service.name}${query}`, host, port }
}
