import type { Json, JsonObject } from '#kernel/common/json'
import type { GitHost } from '#delivery/git-host'
import type { HostRequest } from '../actions/index.ts'
import { scaffolderFaults } from '../scaffolder-faults.ts'

/** One request to a host's own API. */
export interface HostCall {
  method: HostRequest['method']
  /** Below the API's root. */
  path: string
  body?: Json
  /** Statuses that say that it is there already, which is as good. */
  doneStatuses?: readonly number[]
}

/** A workflow to be started. */
interface WorkflowDispatch {
  /** Empty for the built-in host. */
  host: string
  owner: string
  name: string
  /** File name or id. */
  workflow: string
  /** Branch or tag. */
  ref: string
  inputs: JsonObject
  /** Entity ref of who asks. */
  actor: string
  /** The same key never starts a second run, where the host knows keys. */
  key: string
}

/** What runs of templates reach beyond their own repository host. What is left away is refused with words that say so. */
export interface Outside {
  /** Git hosts by name, e.g. `github.com`; the built-in one has the empty name. */
  findHost(host: string): Promise<GitHost | undefined>
  /** One request to a host's own API, with the host's own credential. @throws faults that name the host, never with a secret. */
  callHost?(host: string, request: HostCall): Promise<Json>
  /** Starts a workflow of a repository. */
  dispatchWorkflow?(request: WorkflowDispatch): Promise<void>
  /** Adds an address to the catalog and reads it. @returns the entities found there. */
  addLocation?(request: { url: string; actor: string }): Promise<{ entityRefs: readonly string[] }>
}

/** @throws `platform.scaffolder.no_such_host`. */
export async function hostOf(outside: Pick<Outside, 'findHost'>, host: string): Promise<GitHost> {
  const found = await outside.findHost(host)
  if (!found) throw scaffolderFaults.no_such_host({ host })
  return found
}
