import { Readable } from 'node:stream'
import { isFault } from '#kernel/common/fault'
import { rawRoute, readBody, type Method, type RawInput, type ResourceRef, type Route } from '#kernel/node/http'
import { OCI_INDEX } from './oci-manifest.ts'
import { hexOf, parseAddress, type RegistryAddress } from './oci-names.ts'
import { registryFaults } from './registry-faults.ts'
import { MAX_MANIFEST_BYTES, type Registry } from './registry.ts'

type Handler = (registry: Registry, address: RegistryAddress, input: RawInput) => Promise<Response>

/** The OCI distribution protocol 1.1 at `/v2/`. Signing in is by Basic, with a token as the password. */
export function registryRoutes(registry: Registry): Route[] {
  const common = { tag: 'registry', challenge: 'Basic', renderFault, errors: Object.values(registryFaults) } as const
  const route = (method: Method, permission: 'artifact:read' | 'artifact:write', operation: string, summary: string, handler: Handler): Route =>
    rawRoute({
      ...common,
      method,
      permission,
      operation,
      summary,
      path: '/v2/{path+}',
      resource: (input) => resourceOf(input),
      handle: async (input) => {
        const address = parseAddress(input.params['path'] ?? '')
        return address ? await handler(registry, address, input) : notFound()
      },
    })
  return [
    rawRoute({
      ...common,
      method: 'GET',
      path: '/v2/',
      operation: 'registry.check',
      summary: 'Tell that this is an OCI registry',
      permission: 'artifact:read',
      handle: () => Response.json({}, { headers: { 'docker-distribution-api-version': 'registry/2.0' } }),
    }),
    // A HEAD reaches this one too: the router answers it as a GET without its body.
    route('GET', 'artifact:read', 'registry.read', 'Read manifests, blobs, tags and referrers', read),
    route('POST', 'artifact:write', 'registry.startUpload', 'Begin to upload a blob, or mount one', begin),
    route('PATCH', 'artifact:write', 'registry.uploadChunk', 'Upload a chunk of a blob', patch),
    route('PUT', 'artifact:write', 'registry.write', 'Finish an upload, or store a manifest', put),
    route('DELETE', 'artifact:write', 'registry.cancelUpload', 'Cancel an upload; content is immutable and stays', cancel),
  ]
}

function resourceOf(input: RawInput): ResourceRef {
  const address = parseAddress(input.params['path'] ?? '')
  return address && 'name' in address ? { type: 'Repository', id: address.name } : { type: 'Platform', id: 'fairway' }
}

const read: Handler = async (registry, address, input) => {
  switch (address.kind) {
    case 'manifest': {
      const found = await registry.getManifest(address.name, address.reference)
      const headers = {
        'content-type': found.mediaType,
        'content-length': String(found.sizeBytes),
        'docker-content-digest': found.digest,
        etag: `"${found.digest}"`,
      }
      return new Response(isHead(input) ? null : Buffer.from(found.bytes), { headers })
    }
    case 'blob':
      return await readBlob(registry, address, input)
    case 'tags': {
      const page = pageOf(input)
      const tags = await registry.listTags(address.name, page.limit + 1, page.after)
      return listed(input, { name: address.name, tags: tags.slice(0, page.limit) }, tags, page.limit)
    }
    case 'catalog': {
      const page = pageOf(input)
      const names = await registry.listRepositories(page.limit + 1, page.after)
      return listed(input, { repositories: names.slice(0, page.limit) }, names, page.limit)
    }
    case 'referrers': {
      const artifactType = input.url.searchParams.get('artifactType') ?? undefined
      const manifests = await registry.listReferrers(address.name, address.digest, artifactType)
      const headers = { 'content-type': OCI_INDEX, ...(artifactType === undefined ? {} : { 'oci-filters-applied': 'artifactType' }) }
      return new Response(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }), { headers })
    }
    case 'upload': {
      const upload = await registry.getUpload(address.name, address.id)
      return new Response(null, { status: 204, headers: uploadHeaders(address.name, upload.id, upload.sizeBytes) })
    }
    default:
      return notFound()
  }
}

async function readBlob(registry: Registry, address: { name: string; digest: string }, input: RawInput): Promise<Response> {
  const found = await registry.findBlob(address.name, address.digest)
  if (!found) throw registryFaults.blob_unknown(address)
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    'docker-content-digest': address.digest,
    'accept-ranges': 'bytes',
    etag: `"${address.digest}"`,
    // User content on our origin: never a page.
    'content-disposition': 'attachment',
    'x-content-type-options': 'nosniff',
  }
  const asked = /^bytes=(\d+)-(\d*)$/.exec(input.request.headers.get('range') ?? '')
  if (isHead(input)) return new Response(null, { headers: { ...headers, 'content-length': String(found.sizeBytes) } })
  if (!asked) {
    const whole = await registry.openBlob(address.name, address.digest)
    return new Response(Readable.toWeb(whole.stream) as ReadableStream, { headers: { ...headers, 'content-length': String(whole.sizeBytes) } })
  }
  const first = Number(asked[1])
  const last = Math.min(asked[2] === '' ? Number.MAX_SAFE_INTEGER : Number(asked[2]), found.sizeBytes - 1)
  try {
    const part = await registry.openBlob(address.name, address.digest, { first, last })
    return new Response(Readable.toWeb(part.stream) as ReadableStream, {
      status: 206,
      headers: { ...headers, 'content-length': String(last - first + 1), 'content-range': `bytes ${first}-${last}/${found.sizeBytes}` },
    })
  } catch (error) {
    if (!isFault(error, 'kernel.blob.bad_range')) throw error
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${found.sizeBytes}` } })
  }
}

const begin: Handler = async (registry, address, input) => {
  if (address.kind !== 'uploads') return unsupported()
  const { name } = address
  const [digest, mount, from] = ['digest', 'mount', 'from'].map((key) => input.url.searchParams.get(key))
  if (mount && from) {
    hexOf(mount)
    // The bytes must come from where the caller may read: the router asked for this repository only, so both must share their owner.
    if (from.split('/')[0] === name.split('/')[0] && (await registry.mountBlob(name, mount, from))) return created(name, mount)
  }
  if (digest) {
    await registry.putBlob(name, digest, bodyOf(input))
    return created(name, digest)
  }
  const upload = await registry.startUpload(name)
  return new Response(null, { status: 202, headers: uploadHeaders(name, upload.id, 0) })
}

const patch: Handler = async (registry, address, input) => {
  if (address.kind !== 'upload') return unsupported()
  const range = chunkRange(input)
  const sizeBytes = await registry.appendChunk(address.name, address.id, bodyOf(input), range)
  return new Response(null, { status: 202, headers: uploadHeaders(address.name, address.id, sizeBytes) })
}

const put: Handler = async (registry, address, input) => {
  if (address.kind === 'manifest') {
    const bytes = await readBody(input.request, MAX_MANIFEST_BYTES + 1)
    const mediaType = (input.request.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? ''
    const stored = await registry.putManifest(address.name, address.reference, bytes, mediaType)
    const headers: Record<string, string> = { location: `/v2/${address.name}/manifests/${stored.digest}`, 'docker-content-digest': stored.digest }
    if (stored.subject !== undefined) headers['oci-subject'] = stored.subject
    return new Response(null, { status: 201, headers })
  }
  if (address.kind !== 'upload') return unsupported()
  const digest = input.url.searchParams.get('digest') ?? ''
  hexOf(digest)
  const range = chunkRange(input)
  const upload = await registry.getUpload(address.name, address.id)
  if (range && range.first !== upload.sizeBytes)
    throw registryFaults.blob_upload_invalid({ what: `it begins at ${range.first}, but ${upload.sizeBytes} is next` })
  await registry.finishUpload(address.name, address.id, digest, bodyOf(input))
  return created(address.name, digest)
}

const cancel: Handler = async (registry, address) => {
  if (address.kind !== 'upload') return unsupported()
  await registry.cancelUpload(address.name, address.id)
  return new Response(null, { status: 204 })
}

function isHead(input: RawInput): boolean {
  return input.request.method === 'HEAD'
}

function bodyOf(input: RawInput): AsyncIterable<Uint8Array> {
  return (input.request.body ?? []) as AsyncIterable<Uint8Array>
}

/** `Content-Range: 0-1023` of a chunk, as the specification writes it (no unit). */
function chunkRange(input: RawInput): { first: number; last: number } | undefined {
  const header = input.request.headers.get('content-range')
  if (header === null) return undefined
  const match = /^(?:bytes )?(\d+)-(\d+)(?:\/(?:\d+|\*))?$/.exec(header)
  if (!match) throw registryFaults.blob_upload_invalid({ what: `"${header.slice(0, 60)}" is no Content-Range` })
  return { first: Number(match[1]), last: Number(match[2]) }
}

function uploadHeaders(name: string, id: string, sizeBytes: number): Record<string, string> {
  return { location: `/v2/${name}/blobs/uploads/${id}`, range: `0-${Math.max(sizeBytes - 1, 0)}`, 'docker-upload-uuid': id }
}

function created(name: string, digest: string): Response {
  return new Response(null, { status: 201, headers: { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest } })
}

function pageOf(input: RawInput): { limit: number; after: string } {
  const asked = Number(input.url.searchParams.get('n') ?? 100)
  return { limit: Number.isInteger(asked) && asked >= 0 ? Math.min(asked, 1_000) : 100, after: input.url.searchParams.get('last') ?? '' }
}

function listed(input: RawInput, body: object, found: readonly string[], limit: number): Response {
  const last = found[limit - 1]
  const headers: Record<string, string> =
    found.length > limit && last !== undefined ? { link: `<${input.url.pathname}?n=${limit}&last=${encodeURIComponent(last)}>; rel="next"` } : {}
  return Response.json(body, { headers })
}

function notFound(): Response {
  return ociError(404, 'NAME_UNKNOWN', 'there is nothing at this address of the registry')
}

function unsupported(): Response {
  return ociError(405, 'UNSUPPORTED', 'the registry does not do this: content is immutable and stays')
}

/** Faults in the specification's shape: the code's last part in capitals. */
function renderFault(problem: { status: number; code: string; detail: string }): Response {
  const own = /^delivery\.registry\.(\w+)$/.exec(problem.code)?.[1]
  const known: Record<string, string> = {
    'kernel.http.unauthenticated': 'UNAUTHORIZED',
    'kernel.http.forbidden': 'DENIED',
    'kernel.http.too_large': 'SIZE_INVALID',
    // Of a path that no name can have, e.g. one with a NUL in it.
    'kernel.http.bad_request': 'NAME_INVALID',
  }
  const code = own?.toUpperCase() ?? known[problem.code] ?? (problem.status === 401 ? 'UNAUTHORIZED' : problem.status === 429 ? 'TOOMANYREQUESTS' : 'UNKNOWN')
  return ociError(problem.status, code, problem.detail)
}

function ociError(status: number, code: string, message: string): Response {
  return Response.json({ errors: [{ code, message, detail: {} }] }, { status })
}
