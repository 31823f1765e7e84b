import type { Egress } from '#kernel/node/egress'
import { systemCaller } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { Catalog } from '#platform/catalog'
import type { Identity } from '#platform/identity'
import { catalogNameOf, createPeople } from '#platform/people'
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
    principalOf: async (person) => {
      const { directory, reader } = deps.catalog()
      // Whom the organisation knows by this verified address; else by the name, when this provider is trusted to say who somebody is.
      if (person.email !== null) {
        const { items } = await reader.query({ predicate: { $all: [{ kind: 'user' }, { 'spec.profile.email': person.email }] }, limit: 20 })
        for (const { ref } of items) if (await directory.findPerson(ref)) return ref
      }
      const name = catalogNameOf(person.userName)
      if (name === undefined || !settings.trustedDirectories.includes('oidc')) return undefined
      return (await directory.findPerson(`user:default/${name}`)) ? `user:default/${name}` : undefined
    },
    loginLink: async (principal) => (await deps.identity().createLoginLink(systemCaller, principal)).url,
  })
}
