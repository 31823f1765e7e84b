import { shortId, shortRef } from '../format/reference.ts'

/** An event as a few words: `release created`, from `delivery.release.created`. */
export function eventWords(type: string): string {
  return type.split('.').slice(1).join(' ').replaceAll('_', ' ')
}

/** The event's own title where it carries one, else what its subject is called. */
export function eventSubject(event: { subject: string; data: Record<string, unknown> }): string {
  const title = event.data['title']
  return typeof title === 'string' && title !== '' ? title : subjectWords(event.subject)
}

/** What the event is about, as people call it: `orders`, or a short id. */
export function subjectWords(subject: string): string {
  const at = subject.indexOf('/')
  if (subject.includes(':')) return shortRef(subject.slice(subject.search(/[a-z]+:/i)))
  return at === -1 ? subject : shortId(subject.slice(at + 1))
}

/** The page about an event's subject, where there is one. */
export function subjectHref(subject: string): string | null {
  const entity = /(?:^|\/)([a-z]+):([^/]+)\/(.+)$/i.exec(subject)
  if (entity !== null) {
    const [, kind = '', namespace = '', name = ''] = entity
    return kind.toLowerCase() === 'component' && namespace === 'default' ? `/components/${name}` : `/entities/${kind.toLowerCase()}/${namespace}/${name}`
  }
  const [kind, id = ''] = subject.split('/')
  if (id === '') return null
  if (kind === 'change') return `/changes/${id}`
  if (kind === 'run') return `/pipelines/${id}`
  if (kind === 'release') return `/releases/${id}`
  return kind === 'deployment' || kind === 'workload' ? `/components/${id}` : null
}
