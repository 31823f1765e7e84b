import type { Clock } from '#kernel/common/clock'
import type { RecordedEvent } from '#kernel/common/event'
import type { Database } from '#kernel/node/database'
import type { Caller, Route } from '#kernel/node/http'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import { ensureAdministrator } from './administrator.ts'
import { Authenticator } from './authenticator.ts'
import { CredentialWatch } from './credential-watch.ts'
import { identityRoutes } from './identity-routes.ts'
import { IdentityService } from './identity-service.ts'
import type { People } from './people.ts'

export interface IdentityDeps {
  db: Database
  journal: Journal
  clock: Clock
  log: Logger
  /** The catalog. */
  people: People
  /** Where people reach the portal, e.g. `http://localhost:7007`. */
  origin: () => string
}

export interface Identity {
  service: IdentityService
  /** See `Authenticator.authenticate`. */
  authenticate: (request: Request) => Promise<Caller | undefined>
  watchCredential: (caller: Caller, onEnd: () => void) => Disposable
  ensureAdministrator: (options: { file: string }) => Promise<{ isNew: boolean }>
  /** Hears of credentials that another process has revoked: subscribe it to the event feed. */
  onEvent: (event: RecordedEvent) => void
  routes: Route[]
}

/** Who may call the platform, and how they prove it. */
export function createIdentity(deps: IdentityDeps): Identity {
  const authenticator = new Authenticator(deps)
  const watch = new CredentialWatch(deps)
  const service = new IdentityService({ ...deps, authenticator, watch })
  return {
    service,
    authenticate: (request) => authenticator.authenticate(request),
    watchCredential: (caller, onEnd) => watch.watch(caller, onEnd),
    ensureAdministrator: ({ file }) => ensureAdministrator({ service, authenticator }, file),
    onEvent: (event) => {
      if (event.type !== 'platform.token.revoked' && event.type !== 'platform.session.ended') return
      service.endCredential(event.subject.slice(event.subject.indexOf('/') + 1))
    },
    routes: identityRoutes({ service, people: deps.people, origin: deps.origin }),
  }
}
