import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** A request to a test server. */
export interface ForgeRequest {
  method: string
  /** Matched groups of the route's pattern, decoded. */
  params: string[]
  query: URLSearchParams
  headers: Record<string, string | undefined>
  body: Record<string, unknown>
  /** Origin of the server. */
  origin: string
  url: URL
}

export interface ForgeResponse {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

/** A route by the raw path, so that an escaped slash stays one. */
export type ForgeRoute = [method: string, pattern: RegExp, handle: (request: ForgeRequest) => Promise<ForgeResponse> | ForgeResponse]

export interface ForgeServer extends AsyncDisposable {
  url: string
  /** What was asked so far, e.g. `GET /repos/acme/orders`. */
  calls: string[]
  /** Answers the next call whose line matches in another way. */
  failNext(line: RegExp, response: ForgeResponse): void
}

/** Serves an API and, by the real `git http-backend`, repositories. */
export async function startForgeServer(options: {
  routes: readonly ForgeRoute[]
  /** What is wrong with a call's credential; undefined to go on. */
  refuse: (headers: Record<string, string | undefined>) => ForgeResponse | undefined
  /** The bare repository of a clone address, and the rest of the path; undefined when it is none. */
  gitDirOf: (path: string) => { gitDir: string | undefined; rest: string } | undefined
  /** Git's password. */
  token: string
  hasEntityTags?: boolean
}): Promise<ForgeServer> {
  const calls: string[] = []
  const failures: { line: RegExp; response: ForgeResponse }[] = []
  let origin = ''
  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', origin)
      const git = options.gitDirOf(url.pathname)
      const answer = git ? await serveGit(request, url, git, options.token) : await serveApi(request, url)
      response.writeHead(answer.status, answer.headers)
      response.end(answer.body)
    })().catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' })
      response.end(String(error))
    })
  })

  async function serveApi(request: IncomingMessage, url: URL): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]))
    const line = `${request.method ?? 'GET'} ${url.pathname}`
    calls.push(line)
    const text = (await buffer(request)).toString('utf8')
    const failure = failures.findIndex((each) => each.line.test(line))
    const told = failure === -1 ? await answerOf(request.method ?? 'GET', url, headers, text) : (failures.splice(failure, 1)[0]?.response ?? { status: 500 })
    const body = told.body === undefined ? '' : typeof told.body === 'string' ? told.body : JSON.stringify(told.body)
    const tag =
      options.hasEntityTags === true && request.method === 'GET' && told.status === 200 ? `W/"${createHash('sha256').update(body).digest('hex')}"` : undefined
    const all = { ...(body === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }), ...(tag === undefined ? {} : { etag: tag }), ...told.headers }
    return tag !== undefined && headers['if-none-match'] === tag ? { status: 304, headers: all, body: '' } : { status: told.status, headers: all, body }
  }

  async function answerOf(method: string, url: URL, headers: Record<string, string | undefined>, text: string): Promise<ForgeResponse> {
    const refused = options.refuse(headers)
    if (refused) return refused
    for (const [routeMethod, pattern, handle] of options.routes) {
      const match = routeMethod === method ? pattern.exec(url.pathname) : null
      if (!match) continue
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
      return await handle({ method, params: match.slice(1).map((part) => decodeURIComponent(part ?? '')), query: url.searchParams, headers, body, origin, url })
    }
    return { status: 404, body: { message: 'Not Found' } }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  origin = `http://127.0.0.1:${address.port}`
  return {
    url: origin,
    calls,
    failNext: (line, response) => void failures.push({ line, response }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function serveGit(
  request: IncomingMessage,
  url: URL,
  git: { gitDir: string | undefined; rest: string },
  token: string,
): Promise<{ status: number; headers: Record<string, string>; body: Buffer | string }> {
  const [, given = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? []
  if (!Buffer.from(given, 'base64').toString('utf8').endsWith(`:${token}`))
    return { status: 401, headers: { 'www-authenticate': 'Basic realm="Git"' }, body: 'Unauthorized' }
  if (git.gitDir === undefined) return { status: 404, headers: {}, body: 'Not Found' }
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: git.gitDir,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: git.rest,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: 'somebody',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  child.stdin.on('error', () => {})
  request.pipe(child.stdin)
  const output = await buffer(child.stdout)
  const end = output.indexOf('\r\n\r\n')
  const lines = output.toString('latin1', 0, Math.max(end, 0)).split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]))
  const { status, ...rest } = headers
  return { status: status === undefined ? 200 : Number.parseInt(status, 10), headers: rest, body: output.subarray(end + 4) }
}

/** A text of a body; `otherwise` when it is none. */
export function textOf(body: Record<string, unknown>, key: string, otherwise = ''): string {
  const value = body[key]
  return typeof value === 'string' ? value : otherwise
}

/** A page of a list by number, and its `Link` header as GitHub and GitLab have it (RFC 8288). */
export function pageOf<T>(
  items: readonly T[],
  request: ForgeRequest,
  size: { key: string; standard: number; most: number },
): { items: T[]; headers: Record<string, string>; page: number; pages: number } {
  const perPage = Math.min(Number(request.query.get(size.key) ?? size.standard) || size.standard, size.most)
  const page = Number(request.query.get('page') ?? '1') || 1
  const pages = Math.max(1, Math.ceil(items.length / perPage))
  const link = (number: number, rel: string): string => {
    const url = new URL(request.url)
    url.searchParams.set('page', String(number))
    return `<${url.href}>; rel="${rel}"`
  }
  const links = [...(page > 1 ? [link(page - 1, 'prev'), link(1, 'first')] : []), ...(page < pages ? [link(page + 1, 'next'), link(pages, 'last')] : [])]
  return { items: items.slice((page - 1) * perPage, page * perPage), headers: links.length === 0 ? {} : { link: links.join(', ') }, page, pages }
}
