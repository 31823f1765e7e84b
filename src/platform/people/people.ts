import type { Clock } from '#kernel/common/clock'
import type { Database } from '#kernel/node/database'
import type { Egress } from '#kernel/node/egress'
import type { Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import type { BatchIngestion } from '#platform/catalog'
import type { DirectorySource } from './directory-person.ts'
import { oidcRoutes } from './oidc/oidc-routes.ts'
import { OidcSignIn, type OidcDeps, type OidcProvider } from './oidc/oidc-sign-in.ts'
import { PeoplePublisher } from './people-publisher.ts'
import { scimRoutes } from './scim/scim-routes.ts'
import { ScimService } from './scim/scim-service.ts'

export interface PeopleDeps extends Pick<OidcDeps, 'people' | 'loginLink'> {
  db: Database
  journal: Journal
  clock: Clock
  log: Logger
  egress: Pick<Egress, 'fetch'>
  ingestion: () => Pick<BatchIngestion, 'take'>
  publicUrl: () => string
  /** Undefined: people sign in by links alone. */
  provider: OidcProvider | undefined
  /** Whose groups give rights. The operator says so, never the directory itself. */
  trusted: readonly DirectorySource[]
}

const SOURCES: readonly DirectorySource[] = ['scim', 'oidc']

/** People and groups from outside: a directory service tells of them by SCIM, an identity provider when somebody signs in. */
export function createPeople(deps: PeopleDeps): { routes: Route[]; start(): Promise<void> } {
  const publisher = new PeoplePublisher({
    db: deps.db,
    ingestion: deps.ingestion,
    people: deps.people,
    trustOf: (source) => (deps.trusted.includes(source) ? { level: 'organisation' } : { level: 'catalog', allow: ['User', 'Group'] }),
  })
  const { provider } = deps
  const signIn = provider && new OidcSignIn({ ...deps, provider, publisher })
  return {
    routes: [
      ...scimRoutes(new ScimService({ ...deps, publisher }), deps.publicUrl),
      ...oidcRoutes(signIn, { issuer: provider?.issuer, isSecure: () => deps.publicUrl().startsWith('https:') }),
    ],
    /** Brings the catalog up to the rows, e.g. after a crash between the two. */
    start: async () => {
      for (const source of SOURCES) await publisher.publishAll(source)
    },
  }
}
