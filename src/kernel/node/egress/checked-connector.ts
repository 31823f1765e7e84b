import { isIP, type LookupFunction } from 'node:net'
import type { buildConnector } from 'undici'
import { classifyAddress, type AddressClass } from './address-class.ts'
import { egressFaults } from './egress-faults.ts'

interface ResolvedAddress {
  address: string
  family: 4 | 6
}

/** Finds the addresses of a host name. Tests pass their own. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>

/** Which addresses may be called besides public ones. */
export interface AddressPolicy {
  allowLoopback: boolean
  allowPrivate: boolean
  /** `host:port` pairs that may be called whatever their address is, e.g. `gitea.internal:3000`. */
  allow: ReadonlySet<string>
}

/**
 * A connector that looks a name up, judges every address, and connects to nothing but the addresses that it judged: a name that
 * answers otherwise the second time (DNS rebinding) gains nothing.
 */
export function checkedConnector(policy: AddressPolicy, resolve: Resolve, build: typeof buildConnector, timeoutMs: number): buildConnector.connector {
  return (options, callback) => {
    const hostname = options.hostname.replace(/^\[|\]$/g, '')
    const port = options.port === '' ? (options.protocol === 'https:' ? '443' : '80') : options.port
    void admit(hostname, port, policy, resolve).then(
      (addresses) => build({ lookup: fixedLookup(addresses), autoSelectFamily: addresses.length > 1, timeout: timeoutMs })(options, callback),
      // oxlint-disable-next-line promise/no-callback-in-promise -- undici's connector speaks callbacks
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    )
  }
}

/**
 * The addresses of `hostname` that may be called.
 * @throws `kernel.egress.address_refused` when there is none, `kernel.egress.unreachable` when the name is unknown.
 */
async function admit(hostname: string, port: string, policy: AddressPolicy, resolve: Resolve): Promise<ResolvedAddress[]> {
  const family = isIP(hostname)
  const found = family === 0 ? await resolve(hostname) : [{ address: hostname, family: family as 4 | 6 }]
  if (found.length === 0) throw egressFaults.unreachable({ host: hostname, what: 'the name has no address' })
  if (policy.allow.has(`${hostname.toLowerCase()}:${port}`)) return [...found]
  const admitted = found.filter(({ address }) => isAdmitted(classifyAddress(address), policy))
  if (admitted.length > 0) return admitted
  throw egressFaults.address_refused({ host: `${hostname}:${port}`, addressClass: classifyAddress(found[0]?.address ?? '') })
}

function isAdmitted(addressClass: AddressClass, policy: AddressPolicy): boolean {
  if (addressClass === 'public') return true
  return (addressClass === 'loopback' && policy.allowLoopback) || (addressClass === 'private' && policy.allowPrivate)
}

function fixedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const first = addresses[0]
    if (options.all === true || !first) callback(null, [...addresses])
    else callback(null, first.address, first.family)
  }
}
