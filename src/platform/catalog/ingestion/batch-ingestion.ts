import type { FieldProblem } from '#kernel/common/fault'
import type { IngestionReport, SourceBatch } from './source-batch.ts'

/** What fills the catalog. `CatalogIngestion` implements it. Every method is idempotent; two at once for one source take turns. */
export interface BatchIngestion {
  /** Takes over what a source holds now, in one transaction. */
  take(batch: SourceBatch): Promise<IngestionReport>
  /** Forgets a source with all its entities. */
  removeSource(source: string, actor: string): Promise<IngestionReport>
  /**
   * Marks all entities of a source (or of some of its files) as orphans: what listed them lists them no more. They stay, with the annotation
   * `backstage.io/orphan: 'true'`, until they are removed or the file is taken again.
   * @returns refs whose mark was altered.
   */
  setOrphans(input: { source: string; paths?: readonly string[]; isOrphan: boolean; actor: string }): Promise<string[]>
  /**
   * Says on entities of a source what is wrong around them, e.g. on a Location whose target can't be read; no problems takes it away. It stays until told anew, or
   * until their file is taken again.
   */
  setStatus(input: { source: string; items: readonly { ref: string; problems: readonly FieldProblem[] }[]; actor: string }): Promise<void>
  /** Removes one entity; the next reading of its file brings it back. @returns false when there is none. */
  removeEntity(uid: string, actor: string): Promise<boolean>
}
