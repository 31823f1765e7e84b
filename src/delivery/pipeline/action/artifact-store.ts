import { mkdir } from 'node:fs/promises'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import type { Clock } from '#kernel/common/clock'
import { newId } from '#kernel/common/id'
import type { BlobStore } from '#kernel/node/blob'
import type { Database } from '#kernel/node/database'
import { pipelineFaults } from '../pipeline-faults.ts'
import type { PipelineTables } from '../run/run-table.ts'
import { packFiles, safeName, unpackTar, type ArchiveFile } from './tar.ts'

/** Largest artifact. */
const MAX_ARTIFACT_BYTES = 4 * 1024 * 1024 * 1024
const MAX_FILES = 100_000
/** As many names are kept for the listing. */
const MAX_LISTED = 10_000

/** An artifact of a run, as uploaded. */
export interface StoredArtifact {
  id: string
  name: string
  sizeBytes: number
  /** `sha256:…` of the tar. */
  digest: string
}

/** Artifacts of runs: tars in the blob store, their facts in Postgres. */
export class ArtifactStore {
  readonly #db: Database
  readonly #blobs: BlobStore
  readonly #clock: Clock

  constructor(deps: { db: Database; blobs: BlobStore; clock: Clock }) {
    this.#db = deps.db
    this.#blobs = deps.blobs
    this.#clock = deps.clock
  }

  /**
   * Stores files as the artifact `name` of a run.
   * @throws `delivery.pipeline.unsafe_path` for a name with a slash or dots, `delivery.pipeline.action_failed` when the name is taken.
   */
  async put(runId: string, name: string, files: readonly ArchiveFile[], options: { overwrite: boolean }): Promise<StoredArtifact> {
    assertArtifactName(name)
    const id = newId('art', this.#clock.now().getTime())
    const blobKey = `runs/${runId}/artifacts/${id}.tar`
    const listing = await Promise.all(files.slice(0, MAX_LISTED).map(async (file) => ({ path: safeName(file.name), sizeBytes: (await stat(file.file)).size })))
    const facts = await this.#blobs.putStream(blobKey, packFiles(files, { keepLinks: false }), { maxBytes: MAX_ARTIFACT_BYTES })
    const row = {
      id,
      run_id: runId,
      name,
      blob_key: blobKey,
      size_bytes: facts.sizeBytes,
      digest: `sha256:${facts.sha256}`,
      files: JSON.stringify(listing),
      created_at: this.#clock.now(),
    }
    const replaced = await this.#db.transaction().execute(async (tx) => {
      const table = tx.withTables<PipelineTables>()
      const existing = await table
        .selectFrom('pipeline_artifact')
        .select(['id', 'blob_key'])
        .where('run_id', '=', runId)
        .where('name', '=', name)
        .forUpdate()
        .executeTakeFirst()
      if (existing && !options.overwrite) return 'taken' as const
      if (existing) await table.deleteFrom('pipeline_artifact').where('id', '=', existing.id).execute()
      await table.insertInto('pipeline_artifact').values(row).execute()
      return existing?.blob_key
    })
    if (replaced === 'taken') {
      await this.#drop(blobKey)
      throw pipelineFaults.action_failed({
        action: 'actions/upload-artifact',
        what: `this run has an artifact "${name}" already; set overwrite: true to replace it`,
      })
    }
    if (replaced !== undefined) await this.#drop(replaced)
    return { id, name, sizeBytes: facts.sizeBytes, digest: row.digest }
  }

  async list(runId: string): Promise<StoredArtifact[]> {
    const rows = await this.#db
      .withTables<PipelineTables>()
      .selectFrom('pipeline_artifact')
      .select(['id', 'name', 'size_bytes', 'digest'])
      .where('run_id', '=', runId)
      .orderBy('name')
      .execute()
    return rows.map((row) => ({ id: row.id, name: row.name, sizeBytes: row.size_bytes, digest: row.digest }))
  }

  /** The tar itself. @throws `delivery.pipeline.artifact_not_found`. */
  async open(runId: string, name: string): Promise<{ sizeBytes: number; digest: string; stream: Readable }> {
    const row = await this.#find(runId, name)
    const { stream, sizeBytes } = await this.#blobs.openRead(row.blob_key)
    return { stream, sizeBytes, digest: row.digest }
  }

  /** Unpacks an artifact below `folder`, which is made when absent. @throws `delivery.pipeline.artifact_not_found`, `delivery.pipeline.unsafe_path`. */
  async unpack(runId: string, name: string, folder: string): Promise<string[]> {
    const { stream } = await this.open(runId, name)
    await mkdir(folder, { recursive: true })
    return await unpackTar(stream, folder, { maxBytes: MAX_ARTIFACT_BYTES, maxFiles: MAX_FILES, allowLinks: false })
  }

  async #find(runId: string, name: string) {
    const row = await this.#db
      .withTables<PipelineTables>()
      .selectFrom('pipeline_artifact')
      .select(['blob_key', 'digest'])
      .where('run_id', '=', runId)
      .where('name', '=', name)
      .executeTakeFirst()
    if (!row) throw pipelineFaults.artifact_not_found({ run: runId, name })
    return row
  }

  async #drop(blobKey: string): Promise<void> {
    if (this.#blobs.capabilities.remove) await this.#blobs.remove(blobKey)
  }
}

/** @see https://github.com/actions/toolkit/blob/main/packages/artifact/src/internal/upload/path-and-artifact-name-validation.ts */
function assertArtifactName(name: string): void {
  const isGood = name !== '' && name.length <= 200 && !/["":<>|*?\r\n\\/]/.test(name) && !/^\.+$/.test(name)
  if (!isGood) throw pipelineFaults.unsafe_path({ path: name, why: 'an artifact has a plain name without slashes, quotes, wildcards or only dots' })
}
