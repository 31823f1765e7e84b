import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Secret } from '#kernel/common/secret'
import { DiskBlobStore } from '#kernel/node/blob'
import type { Caller, Permission, ResourceRef, Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import { createArtifacts, type ArtifactService } from '#delivery/artifact'
import { createGitHost, type LocalGitHost } from '#delivery/git-host'
import { createPipelines, type Pipelines, type Run } from '#delivery/pipeline'
import { loadSigner } from '#delivery/provenance'
import { createRegistry, startRegistry } from '#delivery/registry'
import { artifactOfRunFrom, createReleases, type ReleaseService } from '#delivery/release'
import { parseScore } from '#platform/deployment'
import type { SecretStore } from '#platform/secret'
import type { Foundation } from './foundation.ts'
import { pipelineSourceOf } from './pipeline-source.ts'

const SYSTEM = 'system:fairway'
const SIGNING_KEY = 'platform/provenance/signing-key'
/** What a run uploads to be released: to be run, or to be used by others; and what goes with it. */
const APP = 'app'
const PACKAGE = 'package'
const SBOM = 'sbom'
const SARIF = 'sarif'

export interface Delivery {
  gitHost: LocalGitHost
  pipelines: Pipelines
  artifacts: ArtifactService
  releases: ReleaseService
  routes: Route[]
}

export interface DeliveryNeeds {
  journal: Journal
  secrets: SecretStore
  authorize: (caller: Caller, permission: Permission, resource: ResourceRef) => Promise<{ isAllowed: boolean; reason: string }>
  publicUrl: () => string
  /** The component that a repository builds. */
  componentOf: (repository: string) => Promise<string | undefined>
  /** Reads a repository into the catalog now: the pipeline may hear of a new repository's first push before the catalog does. */
  readIntoCatalog: (repository: string, branch: string) => Promise<void>
}

/** From a push to a release. Pushes are taken as soon as it is there; runs wait for `pipelines.start()`. */
export async function createDelivery(base: Foundation, needs: DeliveryNeeds, stack: AsyncDisposableStack): Promise<Delivery> {
  const { db, clock, log, settings } = base
  const { journal } = needs
  const { dataDir } = settings
  const git = await createGitHost({
    db,
    journal,
    clock,
    log,
    root: path.join(dataDir, 'git'),
    authorize: needs.authorize,
    publicUrl: needs.publicUrl,
    checksOf: async (repository, commit) => await pipelines.runsOfCommit(repository, commit),
  })
  const blobs = await DiskBlobStore.open(path.join(dataDir, 'blobs'))
  const registry = createRegistry({ db, blobs, clock, log })
  stack.use(startRegistry({ registry: registry.registry, log }))
  const signer = await loadSigner({
    find: async () => await needs.secrets.find(SIGNING_KEY),
    create: async (key: Secret) => {
      if (!(await needs.secrets.find(SIGNING_KEY))) await needs.secrets.write(SIGNING_KEY, key, SYSTEM)
    },
  })
  const artifacts = createArtifacts({ db, journal, clock, registry: registry.registry, signer, dataDir })
  const releases = createReleases({
    db,
    journal,
    clock,
    verify: (digest, expect) => artifacts.service.verify(digest, expect),
    checkScore: (text) => parseScore('score.yaml', text).problems,
    artifactOfRun: artifactOfRunFrom({ artifacts: artifacts.service, gitHost: git.host }),
  })
  const source = pipelineSourceOf(git.host)
  const pipelines: Pipelines = createPipelines({
    db,
    journal,
    clock,
    log,
    blobs,
    dataDir,
    toolsDir: settings.realDir,
    publicUrl: needs.publicUrl(),
    source,
    secretsFor: async () => ({}),
    componentOf: async (repository) => await componentOfNow(needs, repository, (await source.describe(repository))?.defaultBranch),
    onRunFinished: async (run) => await releaseRun({ run, dataDir, pipelines, artifacts: artifacts.service, releases: releases.service, needs }),
  })
  return {
    gitHost: git.host,
    pipelines,
    artifacts: artifacts.service,
    releases: releases.service,
    routes: [...git.routes, ...registry.routes, ...artifacts.routes, ...releases.routes, ...pipelines.routes],
  }
}

/** Publishes what a green run of a component uploaded as `app`, else as `package`, and makes the release. A run without one releases nothing. */
async function releaseRun(deps: {
  run: Run
  dataDir: string
  pipelines: Pipelines
  artifacts: ArtifactService
  releases: ReleaseService
  needs: DeliveryNeeds
}): Promise<{ release?: string } | undefined> {
  const { run, pipelines } = deps
  const uploaded = new Set(run.artifacts.map((artifact) => artifact.name))
  const kind = [APP, PACKAGE].find((name) => uploaded.has(name)) as typeof APP | typeof PACKAGE | undefined
  if (kind === undefined) return undefined
  const component = await componentOfNow(deps.needs, run.repository, run.branch)
  if (component === undefined) return undefined
  const folder = await mkdtemp(path.join(deps.dataDir, 'tmp', 'release-'))
  try {
    await pipelines.unpackArtifact(run.id, kind, path.join(folder, kind))
    const [sbom] = uploaded.has(SBOM) ? await readUploaded(pipelines, run.id, SBOM, folder) : []
    const sarif = uploaded.has(SARIF) ? await readUploaded(pipelines, run.id, SARIF, folder) : []
    await deps.artifacts.publish({
      component,
      kind,
      repository: run.repository,
      commit: run.commit,
      ref: `refs/heads/${run.branch}`,
      workflow: run.workflow,
      runId: run.id,
      folder: path.join(folder, kind),
      ...(run.startedAt === null ? {} : { startedAt: new Date(run.startedAt) }),
      ...(sbom ? { sbom } : {}),
      sarif,
    })
    const release = await deps.releases.createOfRun({ component, runId: run.id, createdBy: run.actor })
    return { release: release.id }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The component that a repository builds, also when its first push has not been read into the catalog yet. */
async function componentOfNow({ componentOf, readIntoCatalog }: DeliveryNeeds, repository: string, branch: string | undefined): Promise<string | undefined> {
  const known = await componentOf(repository)
  if (known !== undefined || branch === undefined) return known
  await readIntoCatalog(repository, branch)
  return await componentOf(repository)
}

async function readUploaded(pipelines: Pipelines, runId: string, name: string, folder: string): Promise<Uint8Array[]> {
  const target = path.join(folder, name)
  await pipelines.unpackArtifact(runId, name, target)
  const files = (await readdir(target)).sort()
  return await Promise.all(files.map((file) => readFile(path.join(target, file))))
}
