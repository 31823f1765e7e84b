import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Clock } from '#kernel/common/clock'
import { canonicalJson } from '#kernel/common/json'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import {
  IN_TOTO_PAYLOAD,
  provenanceStatement,
  SIGSTORE_BUNDLE,
  SLSA_PREDICATE,
  signBundle,
  verifyProvenance,
  type ProvenanceVerdict,
  type Signer,
} from '#delivery/provenance'
import { digestOf, OCI_EMPTY, OCI_MANIFEST, parseImageManifest, type Descriptor, type Registry } from '#delivery/registry'
import { artifactFaults } from './artifact-faults.ts'
import { findArtifactByDigest, findArtifactOfRun, insertArtifact } from './artifact-store.ts'
import {
  APP_ARTIFACT,
  APP_CONFIG,
  APP_LAYER,
  CYCLONEDX,
  PACKAGE_ARTIFACT,
  SARIF,
  type Artifact,
  type ArtifactService,
  type PublishRequest,
} from './artifact.ts'
import { packLayer } from './pack-layer.ts'
import { summariseSarif, summariseSbom } from './reports.ts'
import { UnpackedArtifacts } from './unpacked-artifacts.ts'

const DEFAULT_BUILDER_ID = 'https://fairway.dev/builders/runner/v1'

/** What artifacts are made with. */
export interface ArtifactDeps {
  db: Database
  journal: Journal
  clock: Clock
  registry: Registry
  signer: Signer
  /** Who the platform is as a builder; what verification trusts. Default `DEFAULT_BUILDER_ID`. */
  builderId?: string
  /** Unpacked artifacts lie in its `unpacked`, what is under way in its `tmp`, which may be emptied while no platform runs. E.g. the data folder. */
  dataDir: string
}

/** Makes the artifact service on the built-in registry. */
export function createArtifactService(deps: ArtifactDeps): ArtifactService {
  const builderId = deps.builderId ?? DEFAULT_BUILDER_ID
  const workDir = path.join(deps.dataDir, 'tmp')
  const folders = new UnpackedArtifacts(path.join(deps.dataDir, 'unpacked'), workDir)
  /** By run and component: two that publish the same at once are one. */
  const underWay = new Map<string, Promise<Artifact>>()
  const get = async (digest: string): Promise<Artifact> => {
    const found = await findArtifactByDigest(deps.db, digest)
    if (!found) throw artifactFaults.not_found({ digest })
    return found
  }

  return {
    get,
    findOfRun: async (runId, component) => await findArtifactOfRun(deps.db, runId, component),
    publish: async (request) => {
      const key = `${request.runId} ${request.component}`
      const running = underWay.get(key) ?? publish(deps, builderId, workDir, request).finally(() => underWay.delete(key))
      underWay.set(key, running)
      return await running
    },
    verify: async (digest, expect) => {
      const artifact = await findArtifactByDigest(deps.db, digest)
      const repository = expect?.repository ?? artifact?.repository ?? ''
      // The same files from two repositories are one digest: each repository has the attestations of its own builds.
      const places = [...new Set([expect?.repository, artifact?.repository])].filter((place) => place !== undefined)
      return await judge(deps, builderId, digest, places, { repository, commit: expect?.commit })
    },
    unpack: async (digest) => {
      const { repository } = await get(digest)
      return await folders.folderOf(digest, async () => {
        const manifest = parseImageManifest((await deps.registry.getManifest(repository, digest)).bytes)
        const layer = manifest.layers[0]
        if (manifest.layers.length !== 1 || layer?.mediaType !== APP_LAYER) throw artifactFaults.bad_archive({ digest, why: 'it is not of one tar+gzip layer' })
        return (await deps.registry.openBlob(repository, layer.digest)).stream
      })
    },
  }
}

async function publish(deps: ArtifactDeps, builderId: string, workDir: string, request: PublishRequest): Promise<Artifact> {
  const earlier = await findArtifactOfRun(deps.db, request.runId, request.component)
  if (earlier) return earlier
  // Reports first: a bad one must leave nothing behind.
  const sbom = request.sbom ? summariseSbom(request.sbom) : null
  const findings = summariseSarif(request.sarif ?? [])
  const { manifest, sizeBytes } = await pushFolder(deps.registry, workDir, request)
  if (request.sbom) await attach(deps.registry, request.repository, manifest, CYCLONEDX, request.sbom)
  for (const log of request.sarif ?? []) await attach(deps.registry, request.repository, manifest, SARIF, log)
  await attest(deps, builderId, manifest, request)
  const artifact: Artifact = { digest: manifest.digest, kind: request.kind ?? 'app', ...pick(request), sizeBytes, createdAt: deps.clock.now(), sbom, findings }
  await insertArtifact(deps.db, deps.journal, artifact)
  return (await findArtifactOfRun(deps.db, request.runId, request.component)) ?? artifact
}

function pick(request: PublishRequest): Pick<Artifact, 'component' | 'repository' | 'commit' | 'ref' | 'workflow' | 'runId'> {
  const { component, repository, commit, ref, workflow, runId } = request
  return { component, repository, commit, ref, workflow, runId }
}

/** Packs and pushes; nothing in the manifest but the files and the component, so that the same files give the same digest. */
async function pushFolder(registry: Registry, workDir: string, request: PublishRequest): Promise<{ manifest: Descriptor; sizeBytes: number }> {
  await mkdir(workDir, { recursive: true, mode: 0o700 })
  const file = path.join(workDir, `layer-${randomUUID()}.tgz`)
  try {
    const layer = await packLayer(request.folder, file)
    if (layer.entries === 0) throw artifactFaults.empty({ component: request.component })
    const pushed = await registry.putBlob(request.repository, layer.digest, createReadStream(file, { highWaterMark: 256 * 1024 }))
    const about = { component: request.component, entries: layer.entries, unpackedBytes: layer.unpackedBytes }
    const config = await registry.putBytes(request.repository, Buffer.from(canonicalJson(about)), APP_CONFIG)
    const layers = [{ ...pushed, mediaType: APP_LAYER }]
    const bytes = Buffer.from(
      canonicalJson({ schemaVersion: 2, mediaType: OCI_MANIFEST, artifactType: request.kind === 'package' ? PACKAGE_ARTIFACT : APP_ARTIFACT, config, layers }),
    )
    // A tag for people and for tools that only know tags.
    const stored = await registry.putManifest(request.repository, `${request.component}-${request.commit}`, bytes, OCI_MANIFEST)
    return { manifest: { mediaType: OCI_MANIFEST, digest: stored.digest, size: stored.sizeBytes }, sizeBytes: layer.sizeBytes }
  } finally {
    await rm(file, { force: true })
  }
}

async function attach(
  registry: Registry,
  repository: string,
  subject: Descriptor,
  artifactType: string,
  content: Uint8Array,
  annotations?: Readonly<Record<string, string>>,
): Promise<void> {
  await registry.putBytes(repository, Buffer.from('{}'), OCI_EMPTY.mediaType)
  const layer = await registry.putBytes(repository, content, artifactType)
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType,
    config: OCI_EMPTY,
    layers: [layer],
    subject,
    ...(annotations ? { annotations } : {}),
  }
  const bytes = Buffer.from(canonicalJson(manifest))
  await registry.putManifest(repository, digestOf(bytes), bytes, OCI_MANIFEST)
}

/** Attests the build, unless this very run did so before a crash. */
async function attest(deps: ArtifactDeps, builderId: string, subject: Descriptor, request: PublishRequest): Promise<void> {
  const policy = { trustedKeys: [deps.signer.key], builderId, repository: request.repository, commit: request.commit }
  const bundles = await bundlesOf(deps.registry, request.repository, subject.digest)
  if (bundles.some((bundle) => verifyProvenance(subject.digest, [bundle], policy).runId === request.runId)) return
  const now = deps.clock.now()
  const statement = provenanceStatement({ ...pick(request), digest: subject.digest, builderId, startedAt: request.startedAt ?? now, finishedAt: now })
  await attach(deps.registry, request.repository, subject, SIGSTORE_BUNDLE, signBundle(deps.signer, statement), {
    // As cosign annotates them, so that its users find the right one.
    'dev.sigstore.bundle.content': 'dsse-envelope',
    'dev.sigstore.bundle.predicateType': SLSA_PREDICATE,
    'dev.fairway.payloadType': IN_TOTO_PAYLOAD,
  })
}

async function judge(
  deps: ArtifactDeps,
  builderId: string,
  digest: string,
  places: readonly string[],
  source: { repository: string; commit: string | undefined },
): Promise<ProvenanceVerdict> {
  const bundles = await Promise.all(places.map(async (place) => await bundlesOf(deps.registry, place, digest)))
  return verifyProvenance(digest, bundles.flat(), { trustedKeys: [deps.signer.key], builderId, ...source })
}

async function bundlesOf(registry: Registry, repository: string, digest: string): Promise<Uint8Array[]> {
  const bundles: Uint8Array[] = []
  for (const referrer of await registry.listReferrers(repository, digest, SIGSTORE_BUNDLE)) {
    const layer = parseImageManifest((await registry.getManifest(repository, referrer.digest)).bytes).layers[0]
    // Whoever may push may attach: what is too large for an attestation is none.
    if (layer && layer.size <= 1024 * 1024) bundles.push(await registry.getBytes(repository, layer.digest))
  }
  return bundles
}
