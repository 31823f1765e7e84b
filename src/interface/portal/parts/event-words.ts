import { shortId, shortRef, versionLabel } from '../format/reference.ts'

/** An event as a few words: `release created`, from `delivery.release.created`. */
export function eventWords(type: string): string {
  return type.split('.').slice(1).join(' ').replaceAll('_', ' ')
}

interface EventAbout {
  subject: string
  /** The event's own members; what they are depends on its type. */
  data: unknown
}

/** What the event is about, as people call it: its own title, `orders v3`, `acme/orders #12`, a name; else a short id. */
export function eventSubject({ subject, data }: EventAbout): string {
  const members = membersOf(data)
  const text = (name: string): string => (typeof members[name] === 'string' || typeof members[name] === 'number' ? String(members[name]) : '')
  const whole = (first: string, second: string): string => (first === '' || second === '' ? '' : `${first} ${second}`)
  const named = [
    text('title'),
    whole(text('component'), text('version') === '' ? '' : versionLabel(text('version'))),
    whole(text('repository'), text('number') === '' ? '' : `#${text('number')}`),
    whole(text('repository'), text('name')),
    text('component') === '' ? '' : shortRef(text('component')),
    text('repository'),
    text('user') === '' ? '' : shortRef(text('user')),
    text('name'),
  ]
  return named.find((each) => each !== '') ?? subjectWords(subject)
}

/** The page about the event: its subject's, else that of the run it belongs to. */
export function eventHref({ subject, data }: EventAbout): string | null {
  const { run } = membersOf(data)
  return subjectHref(subject) ?? (typeof run === 'string' ? `/pipelines/${run}` : null)
}

function membersOf(data: unknown): Record<string, unknown> {
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {}
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
  if (kind === 'repository') return `/repositories/${subject.slice('repository/'.length)}`
  if (kind === 'pull-request') return pullRequestHref(subject)
  return kind === 'deployment' || kind === 'workload' ? `/components/${id}` : null
}

/** `pull-request/acme/orders/12` */
function pullRequestHref(subject: string): string | null {
  const [, owner, name, number] = subject.split('/')
  return number === undefined ? null : `/repositories/${owner}/${name}/pull-requests/${number}`
}
