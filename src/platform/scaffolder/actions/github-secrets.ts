import type { JsonObject } from '#kernel/common/json'
import type { HostRequest, SecretJson } from './effect.ts'

/**
 * The requests that put secrets where GitHub keeps them, sealed for its key: below a repository's `/actions`, or an environment. Pure.
 * @see https://docs.github.com/en/rest/actions/secrets
 */
export function secretRequests(base: string, secrets: Readonly<Record<string, string | SecretJson>>): HostRequest[] {
  const names = Object.keys(secrets)
  if (names.length === 0) return []
  return [
    { method: 'GET', path: `${base}/secrets/public-key`, outputs: { secretsKey: 'key', secretsKeyId: 'key_id' } },
    ...names.map((name): HostRequest => ({
      method: 'PUT',
      path: `${base}/secrets/${encodeURIComponent(name)}`,
      body: {
        encrypted_value: { $sealed: { key: { $output: 'secretsKey' }, text: secrets[name] as unknown as JsonObject } },
        key_id: { $output: 'secretsKeyId' },
      },
    })),
  ]
}
