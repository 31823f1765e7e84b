import { connect } from 'node:tls'

const CONCURRENCY = 8
const DAY_MS = 86_400_000

/** Asks all addresses, a few at a time. The result has their order; `problem` is undefined for one that is well. */
export async function checkAll({ addresses, timeoutMs = 10_000, certificateDays = 14 }, { signal, check = checkAddress }) {
  const results = []
  const waiting = addresses.entries()
  const work = async () => {
    for (const [index, address] of waiting) {
      signal.throwIfAborted()
      const startedAt = performance.now()
      const problem = await check(address, { timeoutMs, certificateDays, signal }).catch((error) => reasonOf(error, timeoutMs))
      results[index] = { address, problem, durationMs: Math.round(performance.now() - startedAt) }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return results
}

/** What is wrong with an address, in words; undefined when it is well. */
export async function checkAddress(address, { timeoutMs, certificateDays, signal }) {
  const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const response = await fetch(address, { signal: within, headers: { 'user-agent': 'watchdog' } })
  await response.body?.cancel()
  if (!response.ok) return `answers ${response.status}`
  const url = new URL(address)
  return url.protocol === 'https:' ? certificateProblem(await certificateEnd(url, within), certificateDays) : undefined
}

/** Pure: what is wrong with a certificate that is valid until then. */
export function certificateProblem(validUntil, certificateDays, now = Date.now()) {
  const days = Math.floor((validUntil.getTime() - now) / DAY_MS)
  if (days < 0) return 'has a certificate that is no longer valid'
  return days < certificateDays ? `has a certificate that is valid for ${days} more days` : undefined
}

function certificateEnd(url, signal) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port || 443), servername: url.hostname }, () => {
      resolve(new Date(socket.getPeerCertificate().valid_to))
      socket.destroy()
    })
    socket.once('error', reject)
    signal.addEventListener('abort', () => socket.destroy(signal.reason), { once: true })
  })
}

function reasonOf(error, timeoutMs) {
  if (error.name === 'TimeoutError') return `does not answer within ${timeoutMs} ms`
  return `can not be reached: ${error.cause?.code ?? error.cause?.message ?? error.message}`
}
