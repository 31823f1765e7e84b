import { z } from 'zod'
import { registryFaults } from './registry-faults.ts'

/** Media type of an image manifest (OCI image specification 1.1). */
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
/** Media type of an image index (OCI image specification 1.1). */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
/** The blob `{}` (image specification 1.1, "Guidance for an Empty Descriptor"). */
export const OCI_EMPTY = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
  size: 2,
} as const

const MANIFEST_TYPES = new Set([OCI_MANIFEST, 'application/vnd.docker.distribution.manifest.v2+json'])
const INDEX_TYPES = new Set([OCI_INDEX, 'application/vnd.docker.distribution.manifest.list.v2+json'])

/** Points at content by digest (image specification 1.1, "OCI Content Descriptors"). */
export interface Descriptor {
  mediaType: string
  digest: string
  size: number
  artifactType?: string | undefined
  annotations?: Readonly<Record<string, string>> | undefined
}

/** An image manifest, as far as we read it. */
export interface ImageManifest {
  schemaVersion: 2
  mediaType?: string | undefined
  artifactType?: string | undefined
  config: Descriptor
  layers: Descriptor[]
  subject?: Descriptor | undefined
  annotations?: Readonly<Record<string, string>> | undefined
}

const annotations = z.record(z.string(), z.string()).optional()
const descriptor: z.ZodType<Descriptor> = z.looseObject({
  mediaType: z.string().min(1),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.number().int().min(0),
  artifactType: z.string().optional(),
  annotations,
})
const common = {
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  subject: descriptor.optional(),
  annotations,
}
const imageSchema: z.ZodType<ImageManifest> = z.looseObject({ ...common, config: descriptor, layers: z.array(descriptor).max(1_000) })
const indexSchema = z.looseObject({ ...common, manifests: z.array(descriptor).max(1_000) })

/** What the registry must know of a manifest. */
export interface ManifestFacts {
  mediaType: string
  /** What referrers lists show: the manifest's own, or its config's media type. */
  artifactType: string | undefined
  subject: string | undefined
  annotations: Readonly<Record<string, string>> | undefined
  /** Blobs and manifests that must be in the repository already. The subject need not. */
  blobs: string[]
  manifests: string[]
}

/** Reads and checks a manifest as it came in. @throws `delivery.registry.manifest_invalid`. */
export function inspectManifest(bytes: Uint8Array, contentType: string): ManifestFacts {
  const isIndex = INDEX_TYPES.has(contentType)
  if (!isIndex && !MANIFEST_TYPES.has(contentType))
    throw registryFaults.manifest_invalid({ why: `"${contentType.slice(0, 100)}" is no media type of a manifest that is kept here` })
  const document = parseJson(bytes)
  const result = isIndex ? indexSchema.safeParse(document) : imageSchema.safeParse(document)
  if (!result.success) {
    const issue = result.error.issues[0]
    throw registryFaults.manifest_invalid({ why: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}` })
  }
  const manifest = result.data
  if (manifest.mediaType !== undefined && manifest.mediaType !== contentType)
    throw registryFaults.manifest_invalid({ why: `its mediaType "${manifest.mediaType.slice(0, 100)}" is not its Content-Type` })
  return {
    mediaType: contentType,
    artifactType: manifest.artifactType ?? ('config' in manifest ? (manifest.config as Descriptor).mediaType : undefined),
    subject: manifest.subject?.digest,
    annotations: manifest.annotations,
    blobs: 'layers' in manifest ? [(manifest.config as Descriptor).digest, ...(manifest.layers as Descriptor[]).map((layer) => layer.digest)] : [],
    manifests: 'manifests' in manifest ? (manifest.manifests as Descriptor[]).map((entry) => entry.digest) : [],
  }
}

/** An image manifest of ours, read back. @throws `delivery.registry.manifest_invalid`. */
export function parseImageManifest(bytes: Uint8Array): ImageManifest {
  const result = imageSchema.safeParse(parseJson(bytes))
  if (!result.success) throw registryFaults.manifest_invalid({ why: 'it is no image manifest' })
  return result.data
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown
  } catch (error) {
    throw registryFaults.manifest_invalid({ why: 'it is not JSON' }, { cause: error })
  }
}
