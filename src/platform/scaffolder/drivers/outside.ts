import type { Json, JsonObject } from '#kernel/common/json'
import type { GitHost } from '#delivery/git-host'
import type { HostRequest } from '../actions/index.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'

/** What runs of templates reach beyond their own repository host. What is left away is refused with words that say so. */
export interface Outside {
  /** Git hosts by name, e.g. `github.com`; the built-in one has the empty name. */
  findHost(host: string): GitHost | undefined
  /** One request to a host's own API, with the host's own credential. @throws faults that name the host, never with a secret. */
  callHost?(host: string, request: { method: HostRequest['method']; path: string; body?: Json; doneStatuses?: readonly number[] }): Promise<Json>
  /** Starts a workflow of a repository. */
  dispatchWorkflow?(request: { host: string; owner: string; name: string; workflow: string; ref: string; inputs: JsonObject; actor: string }): Promise<void>
  /** Adds an address to the catalog and reads it. @returns the entities found there. */
  addLocation?(request: { url: string; actor: string }): Promise<{ entityRefs: readonly string[] }>
}

/** @throws `platform.scaffolder.no_such_host`. */
export function hostOf(outside: Pick<Outside, 'findHost'>, host: string): GitHost {
  const found = outside.findHost(host)
  if (!found) throw scaffolderFaults.no_such_host({ host })
  return found
}
