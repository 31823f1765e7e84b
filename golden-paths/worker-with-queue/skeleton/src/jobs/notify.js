import { HopelessError } from '../queue/queue-rules.js'

const TIMEOUT_MS = 10_000

/** Posts a message to a webhook: `{ url, message }` gives `{ status }`. An answer of 4xx will not get better by asking again. */
export async function notify({ url, message }, { signal, id }) {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw new HopelessError(`payload.url is no web address: ${JSON.stringify(url)}`)
  const response = await fetch(url, {
    method: 'POST',
    // The other side can tell a repetition by it.
    headers: { 'content-type': 'application/json', 'idempotency-key': id },
    body: JSON.stringify({ message }),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  })
  await response.body?.cancel()
  if (response.ok) return { status: response.status }
  const isHopeless = response.status >= 400 && response.status < 500 && ![408, 425, 429].includes(response.status)
  throw new (isHopeless ? HopelessError : Error)(`${new URL(url).host} answers ${response.status}`)
}
