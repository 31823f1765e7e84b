import { randomBytes } from 'node:crypto'
import { Secret } from '#kernel/common/secret'
import type { SecretStore } from '#platform/secret'

/** A random secret of the platform's own, made once and kept. */
export async function ensureSecret(store: SecretStore, path: string): Promise<Secret> {
  const found = await store.find(path)
  if (found) return found
  await store.write(path, new Secret(randomBytes(32).toString('base64url')), 'system:fairway')
  return await store.read(path)
}
