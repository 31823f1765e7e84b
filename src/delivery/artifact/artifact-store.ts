import type { Database, Queryable } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import type { Artifact, ArtifactKind, Finding } from './artifact.ts'

type Tables = {
  artifact: {
    run_id: string
    component: string
    digest: string
    kind: ArtifactKind
    repository: string
    commit: string
    ref: string
    workflow: string
    size_bytes: number
    sbom_components: number | null
    findings: string
    created_at: Date
  }
}

/** Records what a run published, with the event, once: of two at the same moment the first counts. */
export async function insertArtifact(db: Database, journal: Journal, artifact: Artifact): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const result = await tx
      .withTables<Tables>()
      .insertInto('artifact')
      .values({
        run_id: artifact.runId,
        component: artifact.component,
        digest: artifact.digest,
        kind: artifact.kind,
        repository: artifact.repository,
        commit: artifact.commit,
        ref: artifact.ref,
        workflow: artifact.workflow,
        size_bytes: artifact.sizeBytes,
        sbom_components: artifact.sbom?.components ?? null,
        findings: JSON.stringify(artifact.findings),
        created_at: artifact.createdAt,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (result.numInsertedOrUpdatedRows !== 1n) return
    await journal.append(tx, {
      type: 'delivery.artifact.published',
      subject: `artifact/${artifact.digest}`,
      actor: 'system:fairway',
      data: { digest: artifact.digest, component: artifact.component, repository: artifact.repository, commit: artifact.commit, runId: artifact.runId },
    })
  })
}

/** What a run published for a component; without one, what it published when that is a single artifact. */
export async function findArtifactOfRun(db: Queryable, runId: string, component: string | undefined): Promise<Artifact | undefined> {
  let query = db.withTables<Tables>().selectFrom('artifact').selectAll().where('run_id', '=', runId)
  if (component !== undefined) query = query.where('component', '=', component)
  const rows = await query.limit(2).execute()
  return rows.length === 1 && rows[0] ? artifactOf(rows[0]) : undefined
}

/** The artifact with this digest, as it was published last. */
export async function findArtifactByDigest(db: Queryable, digest: string): Promise<Artifact | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('artifact')
    .selectAll()
    .where('digest', '=', digest)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && artifactOf(row)
}

function artifactOf(row: Tables['artifact']): Artifact {
  return {
    digest: row.digest,
    kind: row.kind,
    component: row.component,
    repository: row.repository,
    commit: row.commit,
    ref: row.ref,
    workflow: row.workflow,
    runId: row.run_id,
    sizeBytes: row.size_bytes,
    createdAt: row.created_at,
    sbom: row.sbom_components === null ? null : { components: row.sbom_components },
    findings: row.findings as unknown as Finding[],
  }
}
