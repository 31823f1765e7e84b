import type { EventDraft } from '#kernel/common/event'
import type { Entity } from '../entity.ts'
import type { Alteration } from './alteration.ts'
import type { AppliedChanges } from './apply-changes.ts'
import type { SourceBatch } from './source-batch.ts'

type Cause = Pick<SourceBatch, 'source' | 'actor' | 'commit' | 'changeId'>

/** Entities that get an event of their own; a larger commit is told of in one. */
const MAX_EVENTS = 200

/** Alterations that are told of at once: all of a large ingestion are never in hand together. */
const CHUNK = 500

/** What listeners of alterations are told, part by part. */
export function* alterationsOf(applied: AppliedChanges, cause: Cause): Generator<Alteration[]> {
  const at = new Date()
  const common = { at, actor: cause.actor, commit: cause.commit, source: cause.source, ...(cause.changeId === undefined ? {} : { changeId: cause.changeId }) }
  let part: Alteration[] = []
  for (const kind of ['added', 'altered', 'removed'] as const) {
    for (const item of applied[kind]) {
      const before = item.before === null ? null : (JSON.parse(item.before) as Entity)
      const after = item.after === null ? null : (JSON.parse(item.after) as Entity)
      const metadata = (after ?? before)?.metadata
      const location = metadata?.annotations?.['backstage.io/managed-by-location'] ?? ''
      part.push({ ref: item.ref, uid: metadata?.uid ?? '', kind, before, after, location, ...common })
      if (part.length < CHUNK) continue
      yield part
      part = []
    }
  }
  if (part.length > 0) yield part
}

/** Events of the log: one an entity, or one of them all when there are many. Pure. */
export function eventsOf(applied: AppliedChanges, cause: Cause): EventDraft[] {
  const repository = cause.source.startsWith('git:') ? cause.source.slice(4) : ''
  const data = { source: cause.source, repository, commit: cause.commit ?? '' }
  const count = applied.added.length + applied.altered.length + applied.removed.length
  if (count > MAX_EVENTS) {
    const counts = { added: applied.added.length, altered: applied.altered.length, removed: applied.removed.length }
    return [{ type: 'platform.catalog.source_taken', subject: `source/${cause.source}`, actor: cause.actor, data: { ...data, ...counts } }]
  }
  return (['added', 'altered', 'removed'] as const).flatMap((change) =>
    applied[change].map(({ ref }) => ({
      type: 'platform.catalog.entity_changed',
      subject: `entity/${ref}`,
      actor: cause.actor,
      data: { ref, change, ...data },
    })),
  )
}
