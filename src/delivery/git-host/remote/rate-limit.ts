/**
 * How long a forge wants to be left alone, in seconds; undefined when the answer is no limit.
 *
 * 429, and 403 that says so. Sources: GitHub REST "Rate limits" (`retry-after`; `x-ratelimit-remaining: 0` with `x-ratelimit-reset`; secondary limits have
 * neither and want a minute), GitLab "Rate limits" (`RateLimit-Reset`, `Retry-After`), Azure DevOps "Rate and usage limits" (`Retry-After`, `X-RateLimit-Reset`).
 */
export function rateLimitSeconds(status: number, headers: Headers, body: string, now: Date): number | undefined {
  const isSaid =
    status === 403 && (headers.get('x-ratelimit-remaining') === '0' || headers.has('retry-after') || /secondary rate limit|abuse detection/i.test(body))
  if (status !== 429 && !isSaid) return undefined
  const after = retryAfterSeconds(headers, now)
  if (after !== undefined) return after
  const reset = Number(headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset') ?? Number.NaN)
  if (Number.isFinite(reset) && (headers.get('x-ratelimit-remaining') ?? headers.get('ratelimit-remaining') ?? '0') === '0')
    return atLeastOne(reset - now.getTime() / 1000)
  return UNTOLD_SECONDS
}

/** GitHub: "If neither is there, wait for at least one minute". */
const UNTOLD_SECONDS = 60

/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfterSeconds(headers: Headers, now: Date): number | undefined {
  const text = headers.get('retry-after')?.trim()
  if (text === undefined || text === '') return undefined
  if (/^\d{1,9}$/.test(text)) return atLeastOne(Number(text))
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : atLeastOne((at - now.getTime()) / 1000)
}

function atLeastOne(seconds: number): number {
  return Math.max(1, Math.ceil(seconds))
}
