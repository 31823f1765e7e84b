import { registryFaults } from './registry-faults.ts'

// OCI distribution specification 1.1, "Pulling manifests" (names, tags) and image specification 1.1, "Digests".
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/
const DIGEST = /^sha256:[0-9a-f]{64}$/

/** @throws `delivery.registry.name_invalid`. */
export function assertName(name: string): void {
  if (name.length > 255 || !NAME.test(name)) throw registryFaults.name_invalid({ name })
}

/** Whether a text is a tag by the OCI distribution specification. */
export function isTag(text: string): boolean {
  return TAG.test(text)
}

/** `sha256:` and 64 hex digits: the one algorithm that is kept. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text)
}

/** The hex digits of a digest. @throws `delivery.registry.digest_invalid`. */
export function hexOf(digest: string): string {
  if (!isDigest(digest)) throw registryFaults.digest_invalid({ digest, why: 'it must be "sha256:" and 64 lower-case hex digits' })
  return digest.slice('sha256:'.length)
}

/** What an address below `/v2/` means. */
export type RegistryAddress =
  | { kind: 'blob'; name: string; digest: string }
  | { kind: 'uploads'; name: string }
  | { kind: 'upload'; name: string; id: string }
  | { kind: 'manifest'; name: string; reference: string }
  | { kind: 'tags'; name: string }
  | { kind: 'referrers'; name: string; digest: string }
  | { kind: 'catalog' }

/** Reads the part behind `/v2/`. A name may have slashes and words like `blobs` in it: the last such word counts. @returns undefined for no address of the protocol. */
export function parseAddress(rest: string): RegistryAddress | undefined {
  if (rest === '_catalog') return { kind: 'catalog' }
  const match =
    /^(?<name>.+)\/(?:blobs\/uploads(?:\/(?<id>[^/]*))?|blobs\/(?<blob>[^/]+)|manifests\/(?<reference>[^/]+)|(?<tags>tags\/list)|referrers\/(?<subject>[^/]+))$/.exec(
      rest,
    )
  const { name, id, blob, reference, tags, subject } = match?.groups ?? {}
  if (name === undefined) return undefined
  assertName(name)
  if (blob !== undefined) return { kind: 'blob', name, digest: blob }
  if (reference !== undefined) return { kind: 'manifest', name, reference }
  if (subject !== undefined) return { kind: 'referrers', name, digest: subject }
  if (tags !== undefined) return { kind: 'tags', name }
  return id === undefined || id === '' ? { kind: 'uploads', name } : { kind: 'upload', name, id }
}
