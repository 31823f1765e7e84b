import type { Entity } from '../entity.ts'
import type { EmittedLocation, SourceFile } from './source-batch.ts'

/** The targets of a Location entity, resolved against its file; undefined for other kinds, and for one without targets. Pure. */
export function emittedOf(ref: string, entity: Entity, file: SourceFile): EmittedLocation | undefined {
  if (entity.kind.toLowerCase() !== 'location') return undefined
  const spec = entity.spec ?? {}
  const written = [spec['target'], ...(Array.isArray(spec['targets']) ? (spec['targets'] as unknown[]) : [])].filter(
    (target): target is string => typeof target === 'string',
  )
  if (written.length === 0) return undefined
  const [own = 'url', ...rest] = file.location.split(':')
  const type = (typeof spec['type'] === 'string' ? spec['type'] : own) === 'file' ? 'file' : 'url'
  const base = rest.join(':')
  return { ref, type, targets: [...new Set(written.map((target) => resolved(target, base)))], isRequired: spec['presence'] !== 'optional', file: file.path }
}

/** Globs (`*`, `**`, `{a,b}`) are kept as they are written. */
function resolved(target: string, base: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(target) || base === '') return target
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(base)) {
    const url = new URL(base)
    const path = target.startsWith('/') ? target : `${url.pathname.replace(/[^/]*$/, '')}${target}`
    return `${url.origin}${normalised(path)}${url.search}`
  }
  return normalised(target.startsWith('/') ? target : `${base.replace(/[^/]*$/, '')}${target}`)
}

function normalised(path: string): string {
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') {
      if (kept.length > 1) kept.pop()
    } else if (part !== '.') kept.push(part)
  }
  return kept.join('/')
}
