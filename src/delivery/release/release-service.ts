import type { Clock } from '#kernel/common/clock'
import { newId } from '#kernel/common/id'
import type { FieldProblem } from '#kernel/common/fault'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { ProvenanceVerdict } from '#delivery/provenance'
import { readScore } from './read-score.ts'
import { releaseFaults } from './release-faults.ts'
import {
  findNewestRelease,
  findRelease,
  findReleaseVersion,
  findSameRelease,
  insertRelease,
  listReleasedComponents,
  listReleaseRows,
  lockComponent,
  setQuarantine,
  takeVersion,
} from './release-store.ts'
import type { ArtifactOfRun, NewRelease, Release, ReleaseService } from './release.ts'

/** What releases are made with. */
export interface ReleaseDeps {
  db: Database
  journal: Journal
  clock: Clock
  artifactOfRun: ArtifactOfRun
  /** What is wrong with a Score file for those who will run it; nothing when it is fine. Without it, any YAML object will do. */
  checkScore?: (text: string) => readonly FieldProblem[]
  /** `ArtifactService.verify`. */
  verify: (digest: string, expect: { repository: string; commit: string }) => Promise<ProvenanceVerdict>
}

/** Good verdicts that are kept; the oldest goes first. */
const MAX_VERDICTS = 1_000

/** Makes the release service. */
export function createReleaseService(deps: ReleaseDeps): ReleaseService {
  const verdicts = new Map<string, ProvenanceVerdict>()
  const get = async (id: string): Promise<Release> => {
    const found = await findRelease(deps.db, id)
    if (!found) throw releaseFaults.not_found({ release: id })
    return found
  }
  const create = async (input: NewRelease): Promise<Release> => await createRelease(deps, input)

  return {
    get,
    create,
    createOfRun: async ({ component, runId, createdBy }) => {
      const artifact = await deps.artifactOfRun(runId, component)
      if (!artifact) throw releaseFaults.no_artifact({ runId, component })
      return await create({ ...artifact, component, runId, createdBy })
    },
    getVersion: async (component, version) => {
      const found = await findReleaseVersion(deps.db, component, version)
      if (!found) throw releaseFaults.not_found({ release: `${component} v${version}` })
      return found
    },
    getNewest: async (component, before) => {
      const found = await findNewestRelease(deps.db, component, before)
      if (!found) throw releaseFaults.none({ component })
      return found
    },
    components: async () => new Set(await listReleasedComponents(deps.db)),
    list: async ({ component, limit = 50, cursor }) => {
      const after = cursor === undefined ? undefined : await findRelease(deps.db, cursor)
      if (cursor !== undefined && (!after || (component !== undefined && after.component !== component))) throw releaseFaults.bad_cursor({})
      const size = Math.min(Math.max(limit, 1), 200)
      const rows = await listReleaseRows(deps.db, component, size + 1, after)
      const items = rows.slice(0, size)
      return { items, nextCursor: rows.length > size ? (items.at(-1)?.id ?? null) : null }
    },
    quarantine: async (id, reason, actor) => {
      await get(id)
      await changeQuarantine(deps, id, { reason, at: deps.clock.now(), by: actor }, actor)
      return await get(id)
    },
    liftQuarantine: async (id, actor) => {
      await get(id)
      await changeQuarantine(deps, id, null, actor)
      return await get(id)
    },
    provenance: async (id) => {
      const known = verdicts.get(id)
      if (known) return known
      const { digest, repository, commit } = await get(id)
      const verdict = await deps.verify(digest, { repository, commit })
      // A bad one may become good when the attestation comes; a good one stays, for all it rests on is immutable.
      if (verdict.isVerified) verdicts.set(id, verdict)
      if (verdicts.size > MAX_VERDICTS) verdicts.delete(verdicts.keys().next().value ?? '')
      return verdict
    },
  }
}

async function createRelease(deps: ReleaseDeps, input: NewRelease): Promise<Release> {
  const kind = input.kind ?? 'app'
  // Nothing of a package is run: a score file in its repository would be of something else.
  const scoreText = kind === 'package' ? '' : input.scoreText
  const { score, problems } = kind === 'package' ? { score: {}, problems: [] } : readScore(scoreText)
  const faults = kind === 'package' ? [] : score ? (deps.checkScore?.(scoreText) ?? []) : problems
  if (!score || faults.length > 0) throw releaseFaults.bad_score({ component: input.component, count: faults.length }, { errors: faults })
  return await deps.db.transaction().execute(async (tx) => {
    await lockComponent(tx, input.component)
    const same = await findSameRelease(tx, input.component, input.digest, input.commit)
    if (same) return same
    const version = await takeVersion(tx, input.component)
    const release: Release = { id: newId('rel'), ...input, kind, scoreText, version, score, createdAt: deps.clock.now(), quarantine: null }
    await insertRelease(tx, release)
    await deps.journal.append(tx, {
      type: 'delivery.release.created',
      subject: `release/${release.id}`,
      actor: input.createdBy,
      data: {
        id: release.id,
        component: input.component,
        version,
        digest: input.digest,
        commit: input.commit,
        repository: input.repository,
        runId: input.runId,
      },
    })
    return release
  })
}

async function changeQuarantine(deps: ReleaseDeps, id: string, quarantine: { reason: string; at: Date; by: string } | null, actor: string): Promise<void> {
  await deps.db.transaction().execute(async (tx) => {
    if (!(await setQuarantine(tx, id, quarantine))) return
    const release = await findRelease(tx, id)
    await deps.journal.append(tx, {
      type: quarantine ? 'delivery.release.quarantined' : 'delivery.release.quarantine_lifted',
      subject: `release/${id}`,
      actor,
      data: { id, component: release?.component ?? '', version: release?.version ?? 0, ...(quarantine ? { reason: quarantine.reason } : {}) },
    })
  })
}
