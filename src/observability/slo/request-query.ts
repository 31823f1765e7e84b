import { LATENCY_BOUNDS_MS } from '#observability/store'

/** Which of the requests through the ingress count. */
export interface RequestSelector {
  /** Status classes, 1 to 5. */
  statuses: readonly number[]
  /** Only answers (without 5xx) that took at most this; one of `LATENCY_BOUNDS_MS`. */
  maxDurationMs: number | undefined
}

const ALL = [1, 2, 3, 4, 5]
const STATUS_FORMS = 'status!~"5..", status=~"2..|3.." or status=~"[234].."'

/**
 * Reads a selector of requests in the shape of Prometheus: `requests`, `requests{status!~"5.."}`, `requests{le="0.25"}` (answers without 5xx within
 * 250 ms). Requests are counted by status class and by duration in buckets: only what these can tell may be asked.
 */
export function parseRequestQuery(text: string): { selector: RequestSelector } | { message: string } {
  const match = /^\s*requests\s*(?:\{([^{}]*)\})?\s*$/.exec(text)
  if (!match) return { message: `"${text}" is not measured here; write requests{…} with matchers as ${STATUS_FORMS}, or le="0.25"` }
  let statuses: readonly number[] = ALL
  let maxDurationMs: number | undefined
  const inside = (match[1] ?? '').trim()
  for (const part of inside === '' ? [] : inside.split(',')) {
    const [, label, operator, value] = /^\s*(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"\s*$/.exec(part) ?? []
    if (label === 'status') {
      const classes = classesOf(value ?? '')
      if (!classes) return { message: `status is counted by class: "${value}" can not be told apart; write ${STATUS_FORMS}` }
      const isExcluded = operator === '!~' || operator === '!='
      statuses = statuses.filter((status) => classes.includes(status) !== isExcluded)
    } else if (label === 'le' && operator === '=') {
      maxDurationMs = Math.round(Number(value) * 1e6) / 1000
      if (!LATENCY_BOUNDS_MS.some((bound) => bound === maxDurationMs))
        return { message: `le="${value}" is no bound of the buckets; use one of ${LATENCY_BOUNDS_MS.map((bound) => bound / 1000).join(', ')} (seconds)` }
    } else return { message: `the matcher "${part.trim()}" is not known; there are status and le, as ${STATUS_FORMS} or le="0.25"` }
  }
  if (statuses.length === 0) return { message: 'no request could ever match' }
  if (maxDurationMs === undefined) return { selector: { statuses, maxDurationMs } }
  if (statuses.length < 4 || (statuses.length === 4 && statuses.includes(5))) return { message: 'le counts all answers without 5xx: leave status out' }
  return { selector: { statuses: [1, 2, 3, 4], maxDurationMs } }
}

/** `5..`, `2..|3..`, `[23]..`, `5xx`: whole classes only, so that no pattern of a user is ever run. */
function classesOf(pattern: string): number[] | undefined {
  const classes: number[] = []
  for (const alternative of pattern.split('|')) {
    const match = /^(?:\[([1-5]+)\]|([1-5]))(?:\.\.|xx|\[0-9\]\{2\}|\\d\\d)$/.exec(alternative.trim())
    if (!match) return undefined
    classes.push(...Array.from(match[1] ?? match[2] ?? '', Number))
  }
  return classes
}
