import type { JsonObject } from '../json/index.ts'

/**
 * Something that happened, to be appended to the event log in the transaction that made it true.
 * `type` is `<feature>.<noun>.<past tense>`, e.g. `delivery.run.finished`; `subject` names the thing as `<kind>/<id>`, e.g. `run/run_01k…`.
 */
export interface EventDraft {
  type: string
  subject: string
  /** Who did it: an entity ref such as `user:default/ana`, or `system:fairway`. */
  actor: string
  /** Small, without secrets; pages fetch the rest by id. */
  data: JsonObject
}

/** A recorded event. `sequence` grows without gaps; `hash` chains to the event before (SHA-256, hex). */
export interface RecordedEvent extends EventDraft {
  sequence: number
  at: Date
  hash: string
}
