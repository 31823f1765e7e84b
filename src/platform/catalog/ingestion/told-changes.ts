import type { EventDraft } from '#kernel/common/event'
import type { Entity } from '../entity.ts'
import type { Alteration } from './alteration.ts'
import type { AppliedChanges } from './apply-changes.ts'
import type { SourceBatch } from './source-batch.ts'

type Cause = Pick<SourceBatch, 'source' | 'actor' | 'commit' | 'changeId'>

/** Entities that get an event of their own; a larger commit is told of in one. */
const MAX_EVENTS = 200

/** What listeners of alterations are told. Pure. */
export function alterationsOf(applied: AppliedChanges, cause: Cause): Alteration[] {
  const at = new Date()
  const common = { at, actor: cause.actor, commit: cause.commit, source: cause.source, ...(cause.changeId === undefined ? {} : { changeId: cause.changeId }) }
  const placed = (entity: Entity): { uid: string; location: string } => ({
    uid: entity.metadata.uid ?? '',
    location: entity.metadata.annotations?.['backstage.io/managed-by-location'] ?? '',
  })
  return [
    ...applied.added.map(({ ref, after }) => ({ ref, kind: 'added' as const, before: null, after, ...placed(after), ...common })),
    ...applied.altered.map(({ ref, before, after }) => ({ ref, kind: 'altered' as const, before, after, ...placed(after), ...common })),
    ...applied.removed.map(({ ref, before }) => ({ ref, kind: 'removed' as const, before, after: null, ...placed(before), ...common })),
  ]
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
