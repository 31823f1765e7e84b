import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isFault } from '#kernel/common/fault'
import type { Secret } from '#kernel/common/secret'
import { classifyAddress, egressFaults } from '#kernel/node/egress'
import type { ProcessResult } from '#kernel/node/process'
import { gitEnvironment, runGit, type GitFolders } from '../git-command.ts'
import { gitHostFaults } from '../git-host-faults.ts'
import { foreignHostFaults } from './foreign-host-faults.ts'

/** The other side of a mirror. */
export interface RemoteAddress {
  /** Without a credential. */
  url: string
  /** Value of the `Authorization` header; undefined to come as nobody. */
  authorization: Secret | undefined
  /** In messages, e.g. `github.com`. */
  host: string
  /** Path of the secret, in messages. */
  credential: string
  /** As in `EgressOptions`. */
  allowLoopback: boolean
}

/**
 * Runs a git command that calls the remote. The credential is in the child's environment, never on its command line; redirects, other protocols, hooks,
 * helpers and submodules are off; and git connects to no address but those that were judged before, as the egress does.
 */
export async function runRemoteGit(folders: GitFolders, gitDir: string, remote: RemoteAddress, args: readonly string[]): Promise<ProcessResult> {
  const base = gitEnvironment(folders)
  const url = new URL(remote.url)
  const settings: [string, string][] = [
    ['http.followRedirects', 'false'],
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '60'],
    ['http.userAgent', 'git/fairway'],
    ['credential.helper', ''],
    ['fetch.recurseSubmodules', 'false'],
    ['push.recurseSubmodules', 'no'],
    ['fetch.unpackLimit', '100'],
    ['transfer.bundleURI', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ...(await pinned(url, remote.allowLoopback)),
    ...(remote.authorization === undefined ? [] : [[`http.${url.origin}/.extraHeader`, `Authorization: ${remote.authorization.reveal()}`] as [string, string]]),
  ]
  const first = Number(base['GIT_CONFIG_COUNT'])
  const own = settings.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, key],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ])
  return await runGit(folders, gitDir, {
    args,
    env: {
      ...Object.fromEntries(own),
      GIT_CONFIG_COUNT: String(first + settings.length),
      GIT_ALLOW_PROTOCOL: 'http:https',
      GIT_ASKPASS: 'true',
      GIT_TRACE_REDACT: '1',
    },
  }).catch((error: unknown) => {
    if (isFault(error, 'kernel.process.timed_out')) throw foreignHostFaults.unavailable({ host: remote.host, what: 'git took too long' }, { cause: error })
    throw error
  })
}

/** `http.curloptResolve` (git-config(1)) for a name whose addresses were judged: a name that answers otherwise the second time gains nothing. */
async function pinned(url: URL, allowLoopback: boolean): Promise<[string, string][]> {
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  const isName = isIP(hostname) === 0
  const addresses = isName ? await addressesOf(hostname) : [hostname]
  const admitted = addresses.filter((address) => {
    const addressClass = classifyAddress(address)
    return addressClass === 'public' || addressClass === 'private' || (addressClass === 'loopback' && allowLoopback)
  })
  if (admitted.length === 0) throw egressFaults.address_refused({ host: `${hostname}:${port}`, addressClass: classifyAddress(addresses[0] ?? '') })
  return isName
    ? [['http.curloptResolve', `${hostname}:${port}:${admitted.map((address) => (address.includes(':') ? `[${address}]` : address)).join(',')}`]]
    : []
}

async function addressesOf(hostname: string): Promise<string[]> {
  if (/(^|\.)localhost$/i.test(hostname)) return ['127.0.0.1', '::1']
  try {
    return (await lookup(hostname, { all: true, order: 'verbatim' })).map(({ address }) => address)
  } catch (error) {
    throw egressFaults.unreachable({ host: hostname, what: (error as NodeJS.ErrnoException).code ?? 'the name is unknown' }, { cause: error })
  }
}

/** What it means that git could not talk to the remote, from its words (the locale is ours). */
export function remoteFailure(stderr: string, remote: RemoteAddress, repository: string): Error {
  const { host, credential } = remote
  const what = wordsOf(stderr)
  if (/Authentication failed|could not read (?:Username|Password)|error: 401/i.test(stderr)) return foreignHostFaults.unauthorised({ host, credential })
  if (/repository .* not found|error: 404|TF401019|project you were looking for could not be found/i.test(stderr))
    return gitHostFaults.not_found({ repository })
  if (/error: 403|protected branch|GH00[0-9]|GH013|TF40\d{4}|hook declined|not allowed to push|denied/i.test(stderr))
    return foreignHostFaults.forbidden({ host, what })
  return foreignHostFaults.unavailable({ host, what })
}

/** The telling lines of what git wrote. */
function wordsOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.replace(/^(?:remote|fatal|error):\s*/, '').trim())
  const telling = lines.filter((line) => line !== '' && !/^(?:To http|From http|hint:|Updating references|failed to push)/.test(line))
  return telling.slice(0, 3).join(' / ').slice(0, 300) || 'no message'
}
