import { expect, it } from 'vitest'
import { nextLink } from './page-links.ts'
import { rateLimitSeconds } from './rate-limit.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const seconds = NOW.getTime() / 1000

it.each([
  ['no limit', 200, { 'x-ratelimit-remaining': '0' }, '', undefined],
  ['a plain refusal', 403, {}, 'Resource not accessible by integration', undefined],
  ['a secondary limit of GitHub with a time', 403, { 'retry-after': '30' }, '', 30],
  ['a secondary limit of GitHub without one', 403, {}, 'You have exceeded a secondary rate limit', 60],
  ['the hourly limit of GitHub', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(seconds + 90) }, '', 90],
  ['a reset that is over', 403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(seconds - 5) }, '', 1],
  ['a limit of GitLab', 429, { 'ratelimit-remaining': '0', 'ratelimit-reset': String(seconds + 12) }, 'Retry later', 12],
  ['a limit with a date', 429, { 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' }, '', 7],
  ['a limit that tells nothing', 429, {}, '', 60],
  ['nonsense', 429, { 'retry-after': 'soon' }, '', 60],
])('%s', (_what, status, headers, body, expected) => expect(rateLimitSeconds(status, new Headers(headers as Record<string, string>), body, NOW)).toBe(expected))

it.each([
  ['<https://a/x?page=2>; rel="next", <https://a/x?page=9>; rel="last"', 'https://a/x?page=2'],
  ['<https://a/x?page=1>; rel="prev", <https://a/x?a=1,2&page=3>; rel="next"', 'https://a/x?a=1,2&page=3'],
  ['<https://a/x?page=2>; title="n"; rel=next', 'https://a/x?page=2'],
  ['<https://a/x?page=1>; rel="first"', undefined],
  ['<https://a/nextnext>; rel="nextish"', undefined],
  ['', undefined],
])('the next page of %s', (link, expected) => expect(nextLink(new Headers(link === '' ? {} : { link }))).toBe(expected))
