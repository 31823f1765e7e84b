import { sql } from 'kysely'
import type { Database, Queryable, Transaction } from '#kernel/node/database'
import type { ManifestFacts } from './oci-manifest.ts'

type Tables = {
  registry_blob: { repository: string; digest: string; size_bytes: number; created_at: Date }
  registry_manifest: {
    repository: string
    digest: string
    media_type: string
    artifact_type: string | null
    subject: string | null
    annotations: string | null
    size_bytes: number
    created_at: Date
  }
  registry_tag: { repository: string; tag: string; digest: string; updated_at: Date }
  registry_upload: { id: string; repository: string; parts: string; size_bytes: number; updated_at: Date }
}

/** What is known of a manifest without its bytes. */
export interface ManifestRow {
  digest: string
  mediaType: string
  artifactType: string | undefined
  annotations: Readonly<Record<string, string>> | undefined
  sizeBytes: number
}

/** An upload under way. */
export interface UploadRow {
  id: string
  /** Keys in the blob store, in order. */
  parts: string[]
  sizeBytes: number
}

/** Size in bytes of a repository's blob; undefined when it has none such. */
export async function findBlobRow(db: Queryable, repository: string, digest: string): Promise<number | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('registry_blob')
    .select('size_bytes')
    .where('repository', '=', repository)
    .where('digest', '=', digest)
    .executeTakeFirst()
  return row?.size_bytes
}

/** Makes a blob a repository's; the same again changes nothing. */
export async function insertBlobRow(db: Queryable, repository: string, digest: string, sizeBytes: number, at: Date): Promise<void> {
  await db
    .withTables<Tables>()
    .insertInto('registry_blob')
    .values({ repository, digest, size_bytes: sizeBytes, created_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Those of `digests` that the repository lacks. */
export async function missingOf(
  db: Queryable,
  table: 'registry_blob' | 'registry_manifest',
  repository: string,
  digests: readonly string[],
): Promise<string[]> {
  if (digests.length === 0) return []
  const rows = await db.withTables<Tables>().selectFrom(table).select('digest').where('repository', '=', repository).where('digest', 'in', digests).execute()
  const there = new Set(rows.map((row) => row.digest))
  return digests.filter((digest) => !there.has(digest))
}

/** Makes a manifest a repository's, and moves the tag, when one is given, to it. */
export async function putManifestRow(
  db: Database,
  manifest: { repository: string; digest: string; sizeBytes: number; tag: string | undefined; facts: ManifestFacts; at: Date },
): Promise<void> {
  await db.transaction().execute(async (tx: Transaction) => {
    const tables = tx.withTables<Tables>()
    await tables
      .insertInto('registry_manifest')
      .values({
        repository: manifest.repository,
        digest: manifest.digest,
        media_type: manifest.facts.mediaType,
        artifact_type: manifest.facts.artifactType ?? null,
        subject: manifest.facts.subject ?? null,
        annotations: manifest.facts.annotations ? JSON.stringify(manifest.facts.annotations) : null,
        size_bytes: manifest.sizeBytes,
        created_at: manifest.at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    if (manifest.tag === undefined) return
    await tables
      .insertInto('registry_tag')
      .values({ repository: manifest.repository, tag: manifest.tag, digest: manifest.digest, updated_at: manifest.at })
      .onConflict((conflict) => conflict.columns(['repository', 'tag']).doUpdateSet({ digest: manifest.digest, updated_at: manifest.at }))
      .execute()
  })
}

/** By digest, or by tag. */
export async function findManifestRow(db: Queryable, repository: string, reference: { digest: string } | { tag: string }): Promise<ManifestRow | undefined> {
  let query = db
    .withTables<Tables>()
    .selectFrom('registry_manifest as m')
    .select(['m.digest', 'm.media_type', 'm.artifact_type', 'm.annotations', 'm.size_bytes'])
    .where('m.repository', '=', repository)
  query =
    'digest' in reference
      ? query.where('m.digest', '=', reference.digest)
      : query.where('m.digest', '=', (builder) =>
          builder.selectFrom('registry_tag').select('digest').where('repository', '=', repository).where('tag', '=', reference.tag),
        )
  const row = await query.executeTakeFirst()
  return row && manifestOf(row)
}

/** Manifests whose subject is `subject`, oldest first, at most 10 000. */
export async function listReferrerRows(db: Queryable, repository: string, subject: string, artifactType: string | undefined): Promise<ManifestRow[]> {
  let query = db
    .withTables<Tables>()
    .selectFrom('registry_manifest')
    .select(['digest', 'media_type', 'artifact_type', 'annotations', 'size_bytes'])
    .where('repository', '=', repository)
    .where('subject', '=', subject)
    .orderBy('created_at')
    .orderBy('digest')
    .limit(10_000)
  if (artifactType !== undefined) query = query.where('artifact_type', '=', artifactType)
  return (await query.execute()).map(manifestOf)
}

/** In the order that the specification wants: by code point. */
export async function listTagRows(db: Queryable, repository: string, limit: number, after: string): Promise<string[]> {
  const { rows } = await sql<{ tag: string }>`
    select tag from registry_tag where repository = ${repository} and tag collate "C" > ${after} order by tag collate "C" limit ${limit}`.execute(db)
  return rows.map((row) => row.tag)
}

/** Names of repositories with a manifest, in the order of code points, behind `after`. */
export async function listRepositoryNames(db: Queryable, limit: number, after: string): Promise<string[]> {
  const { rows } = await sql<{ repository: string }>`
    select repository from (select distinct repository collate "C" as repository from registry_manifest where repository collate "C" > ${after}) r
    order by repository limit ${limit}`.execute(db)
  return rows.map((row) => row.repository)
}

/** Whether anything was ever pushed to a repository. */
export async function hasRepository(db: Queryable, repository: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select 1 from registry_manifest where repository = ${repository}) or exists (select 1 from registry_blob where repository = ${repository}) as found`.execute(
    db,
  )
  return rows[0]?.found === true
}

/** Begins an upload. */
export async function insertUploadRow(db: Queryable, id: string, repository: string, at: Date): Promise<void> {
  await db.withTables<Tables>().insertInto('registry_upload').values({ id, repository, parts: '[]', size_bytes: 0, updated_at: at }).execute()
}

/** An upload of a repository. */
export async function findUploadRow(db: Queryable, repository: string, id: string): Promise<UploadRow | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('registry_upload')
    .select(['id', 'parts', 'size_bytes'])
    .where('id', '=', id)
    .where('repository', '=', repository)
    .executeTakeFirst()
  return row && { id: row.id, parts: row.parts as unknown as string[], sizeBytes: row.size_bytes }
}

/** Adds a part if the upload is still `fromBytes` long. @returns whether it was. */
export async function appendPartRow(db: Queryable, id: string, fromBytes: number, part: string, sizeBytes: number, at: Date): Promise<boolean> {
  const result =
    await sql`update registry_upload set parts = parts || ${JSON.stringify([part])}::jsonb, size_bytes = size_bytes + ${sizeBytes}, updated_at = ${at}
    where id = ${id} and size_bytes = ${fromBytes}`.execute(db)
  return result.numAffectedRows === 1n
}

/** @returns the parts of the upload that was ended; undefined when somebody else ended it. */
export async function deleteUploadRow(db: Queryable, id: string): Promise<string[] | undefined> {
  const row = await db.withTables<Tables>().deleteFrom('registry_upload').where('id', '=', id).returning('parts').executeTakeFirst()
  return row && (row.parts as unknown as string[])
}

/** Up to 200 uploads that nobody went on with since `before`. */
export async function listOldUploads(db: Queryable, before: Date): Promise<string[]> {
  const rows = await db.withTables<Tables>().selectFrom('registry_upload').select('id').where('updated_at', '<', before).limit(200).execute()
  return rows.map((row) => row.id)
}

function manifestOf(row: Pick<Tables['registry_manifest'], 'digest' | 'media_type' | 'artifact_type' | 'annotations' | 'size_bytes'>): ManifestRow {
  return {
    digest: row.digest,
    mediaType: row.media_type,
    artifactType: row.artifact_type ?? undefined,
    annotations: (row.annotations as unknown as Record<string, string> | null) ?? undefined,
    sizeBytes: row.size_bytes,
  }
}
