import type { Egress } from '#kernel/node/egress'
import { systemCaller } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { Catalog, Entity } from '#platform/catalog'
import type { Identity } from '#platform/identity'
import { createPeople, type KnownPeople, type KnownPerson } from '#platform/people'
import type { Foundation } from './foundation.ts'

/** People and groups from directory services and identity providers. */
export function people(
  base: Foundation,
  deps: {
    journal: Journal
    egress: Pick<Egress, 'fetch'>
    catalog: () => Pick<Catalog, 'ingestion' | 'directory' | 'reader'>
    identity: () => Identity['service']
    publicUrl: () => string
  },
): ReturnType<typeof createPeople> {
  const { db, clock, log, settings } = base
  return createPeople({
    db,
    clock,
    log,
    journal: deps.journal,
    egress: deps.egress,
    ingestion: () => deps.catalog().ingestion,
    publicUrl: deps.publicUrl,
    provider: settings.oidc,
    trusted: settings.trustedDirectories,
    people: knownPeople(deps.catalog),
    loginLink: async (principal) => (await deps.identity().createLoginLink(systemCaller, principal)).url,
  })
}

function knownPeople(catalog: () => Pick<Catalog, 'directory' | 'reader'>): KnownPeople {
  const known = async (ref: string, entity: Entity): Promise<KnownPerson> => {
    const profile = entity.spec?.['profile'] as { email?: unknown } | undefined
    return {
      ref,
      mark: entity.metadata.annotations?.['fairway.dev/directory'],
      email: typeof profile?.email === 'string' ? profile.email : undefined,
      isTrusted: (await catalog().directory.findPerson(ref)) !== undefined,
    }
  }
  return {
    byName: async (name) => {
      const found = await catalog().reader.findByRef(`user:default/${name}`)
      return found && (await known(found.ref, found.entity))
    },
    byEmail: async (email) => {
      const { items } = await catalog().reader.query({ predicate: { $all: [{ kind: 'user' }, { 'spec.profile.email': email }] }, limit: 20 })
      return await Promise.all(items.map(async ({ ref, json }) => await known(ref, JSON.parse(json) as Entity)))
    },
  }
}
