import { z } from 'zod'
import type { Clock } from '#kernel/common/clock'
import { isFault, type Fault } from '#kernel/common/fault'
import type { Egress } from '#kernel/node/egress'
import { foreignHostFaults } from './foreign-host-faults.ts'
import { nextLink } from './page-links.ts'
import { rateLimitSeconds } from './rate-limit.ts'
import { TaggedAnswers } from './tagged-answers.ts'

/** What a client of a forge's API works with. */
export interface ForgeClientDeps {
  egress: Pick<Egress, 'fetch'>
  clock: Clock
  /** In messages, e.g. `github.com`. */
  host: string
  /** Without a slash at its end, e.g. `https://api.github.com`. */
  apiUrl: string
  /** Path of the secret, in messages. */
  credential: string
  /** Headers that say who calls; made anew for each call, so that a rotated token counts at once. */
  authorize: () => Promise<Record<string, string>>
  headers?: Readonly<Record<string, string>>
}

/** One call. `path` begins with `/` and is relative to the API; a whole URL must be of the same origin. */
export interface ForgeCall {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  body?: unknown
  headers?: Readonly<Record<string, string>>
}

/** An answer that is no limit, no refused credential and no failure of the forge: the caller judges its status. */
export interface ForgeAnswer {
  status: number
  headers: Headers
  body: unknown
}

/** A limit or failure that lasts no longer than this is waited for. */
const PATIENCE_SECONDS = 15
const ATTEMPTS = 3
const MAX_REDIRECTS = 3
/** No list that we read is longer: it would be a loop. */
const MAX_PAGES = 1_000

/** Calls a forge's REST API: credential, limits, retries, entity tags, and failures in words of ours. */
export class ForgeClient {
  readonly #deps: ForgeClientDeps
  readonly #tagged = new TaggedAnswers()
  #closedUntilMs = 0

  constructor(deps: ForgeClientDeps) {
    this.#deps = deps
  }

  /** @throws `delivery.foreign_host.unauthorised`, `.rate_limited`, `.unavailable`; what the egress refuses. */
  async call(call: ForgeCall): Promise<ForgeAnswer> {
    const method = call.method ?? 'GET'
    for (let attempt = 1; ; attempt++) {
      await this.#waitWhileClosed()
      const result = await this.#once(method, call)
      if ('answer' in result) return result.answer
      const isLast = attempt >= ATTEMPTS || (method !== 'GET' && !result.nothingDone)
      if (isLast || (result.afterSeconds ?? 0) > PATIENCE_SECONDS) throw result.fault
      await this.#deps.clock.sleep((result.afterSeconds ?? 0.2 * 4 ** (attempt - 1)) * 1000)
    }
  }

  /** A call that must succeed. @throws also `.forbidden`, `.refused`, `.unexpected`. */
  async get<T>(call: ForgeCall, schema: z.ZodType<T>): Promise<T> {
    return this.read(await this.call(call), schema, call)
  }

  /** As `get`, but undefined for a 404. */
  async find<T>(call: ForgeCall, schema: z.ZodType<T>): Promise<T | undefined> {
    const answer = await this.call(call)
    return answer.status === 404 ? undefined : this.read(answer, schema, call)
  }

  /** All items of a list whose pages are linked by `Link: rel="next"`; undefined when the first is a 404. */
  async all<T>(call: ForgeCall, item: z.ZodType<T>): Promise<T[] | undefined> {
    const items: T[] = []
    let next: ForgeCall | undefined = call
    for (let pages = 0; next !== undefined; pages++) {
      if (pages >= MAX_PAGES) throw foreignHostFaults.unexpected({ host: this.#deps.host, what: `${call.path} has no last page` })
      const answer: ForgeAnswer = await this.call(next)
      if (answer.status === 404 && pages === 0) return undefined
      items.push(...this.read(answer, z.array(item), next))
      const link = nextLink(answer.headers)
      next = link === undefined ? undefined : { path: link, ...(call.headers ? { headers: call.headers } : {}) }
    }
    return items
  }

  /** The body of a successful answer, checked. @throws `.forbidden`, `.refused`, `.unexpected`. */
  read<T>(answer: ForgeAnswer, schema: z.ZodType<T>, call: ForgeCall): T {
    if (answer.status < 200 || answer.status > 299) throw this.failure(answer)
    const checked = schema.safeParse(answer.body)
    if (checked.success) return checked.data
    const [issue] = checked.error.issues
    throw foreignHostFaults.unexpected({ host: this.#deps.host, what: `${pathOf(call)}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}` })
  }

  /** What an answer that is no success means. */
  failure(answer: ForgeAnswer): Fault {
    const { host } = this.#deps
    const what = `${messageOf(answer.body)} (${answer.status})`
    return answer.status === 403 || answer.status === 404 ? foreignHostFaults.forbidden({ host, what }) : foreignHostFaults.refused({ host, what })
  }

  async #waitWhileClosed(): Promise<void> {
    const seconds = Math.ceil((this.#closedUntilMs - this.#deps.clock.now().getTime()) / 1000)
    if (seconds <= 0) return
    if (seconds > PATIENCE_SECONDS) throw foreignHostFaults.rate_limited({ host: this.#deps.host, seconds }, { retryAfterSeconds: seconds })
    await this.#deps.clock.sleep(seconds * 1000)
  }

  async #once(method: string, call: ForgeCall): Promise<{ answer: ForgeAnswer } | { fault: Fault; afterSeconds?: number; nothingDone: boolean }> {
    const { host, clock, credential } = this.#deps
    const url = this.#urlOf(call)
    const held = method === 'GET' ? this.#tagged.find(url.href) : undefined
    let response: Response
    let text: string
    try {
      response = await this.#send(method, url, call, held?.tag)
      text = await response.text()
    } catch (error) {
      if (!isFault(error) || error.retry === 'no') throw error
      return { fault: foreignHostFaults.unavailable({ host, what: error.message }, { cause: error }), nothingDone: false }
    }
    if (response.status === 304 && held) return { answer: { status: 200, headers: held.headers, body: held.body } }
    const limit = rateLimitSeconds(response.status, response.headers, text, clock.now())
    if (limit !== undefined) {
      this.#closedUntilMs = clock.now().getTime() + limit * 1000
      return { fault: foreignHostFaults.rate_limited({ host, seconds: limit }, { retryAfterSeconds: limit }), afterSeconds: limit, nothingDone: true }
    }
    // Azure DevOps shows its sign-in page instead, as 203 or by a 302.
    const isSignIn = response.status === 203 && (response.headers.get('content-type') ?? '').includes('html')
    if (response.status === 401 || isSignIn) throw foreignHostFaults.unauthorised({ host, credential })
    if (response.status >= 500)
      return { fault: foreignHostFaults.unavailable({ host, what: `it answered ${response.status}` }), nothingDone: response.status === 503 }
    const body = bodyOf(text, response.headers)
    const tag = response.headers.get('etag')
    if (method === 'GET' && response.status === 200 && tag !== null) this.#tagged.keep(url.href, { tag, headers: response.headers, body }, text.length)
    return { answer: { status: response.status, headers: response.headers, body } }
  }

  /** Redirects are followed within the API's origin only: a renamed repository answers one, and the credential goes nowhere else. */
  async #send(method: string, first: URL, call: ForgeCall, tag: string | undefined): Promise<Response> {
    const { egress, headers, authorize, host, credential } = this.#deps
    const sent = {
      accept: 'application/json',
      ...headers,
      ...call.headers,
      ...(call.body === undefined ? {} : { 'content-type': call.headers?.['content-type'] ?? 'application/json' }),
      ...(tag === undefined ? {} : { 'if-none-match': tag }),
      ...(await authorize()),
    }
    let url = first
    for (let hops = 0; ; hops++) {
      const response = await egress.fetch(url, {
        method,
        headers: sent,
        redirect: 'manual',
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      })
      const location = [301, 302, 307, 308].includes(response.status) ? response.headers.get('location') : null
      if (location === null) return response
      await response.body?.cancel()
      const target = URL.parse(location, url.href)
      if (response.status === 302 && target?.origin !== first.origin) throw foreignHostFaults.unauthorised({ host, credential })
      if (hops >= MAX_REDIRECTS || target?.origin !== first.origin)
        throw foreignHostFaults.unexpected({ host, what: `${pathOf(call)} leads elsewhere: look at the apiUrl` })
      url = target
    }
  }

  #urlOf(call: ForgeCall): URL {
    const api = new URL(this.#deps.apiUrl)
    const url = call.path.startsWith('/') ? new URL(this.#deps.apiUrl + call.path) : new URL(call.path)
    // A next page that leads elsewhere would get the token.
    if (url.origin !== api.origin) throw foreignHostFaults.unexpected({ host: this.#deps.host, what: 'a next page leads to another host' })
    for (const [key, value] of Object.entries(call.query ?? {})) if (value !== undefined) url.searchParams.set(key, String(value))
    return url
  }
}

function pathOf(call: ForgeCall): string {
  return `${call.method ?? 'GET'} ${call.path.replace(/\?.*$/, '').slice(0, 200)}`
}

function bodyOf(text: string, headers: Headers): unknown {
  if (!(headers.get('content-type') ?? '').includes('json')) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

const message = z.union([
  z.string(),
  z.array(z.string()).transform((all) => all.join('; ')),
  z.record(z.string(), z.unknown()).transform((all) => JSON.stringify(all)),
])
const problem = z.looseObject({ message: message.optional(), error: message.optional(), errors: z.array(z.unknown()).nullish() })

/** In the forge's words: `message` (GitHub, Gitea, Azure; GitLab also with a list or object), `error` (GitLab), and GitHub's `errors`. One line. */
export function messageOf(body: unknown): string {
  const read = problem.safeParse(body)
  if (!read.success) return typeof body === 'string' && !body.trimStart().startsWith('<') ? oneLine(body) : 'no reason given'
  const details = (read.data.errors ?? [])
    .map((each) => (typeof each === 'string' ? each : ((each as { message?: string } | null)?.message ?? '')))
    .filter((text) => text !== '')
  return oneLine([read.data.message ?? read.data.error ?? 'no reason given', ...details].join(': '))
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, 300) || 'no reason given'
}
