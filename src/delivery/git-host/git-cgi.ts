import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { feedProcess, startProcess, type RunningProcess } from '#kernel/node/process'
import { gitEnvironment, type GitFolders } from './git-command.ts'
import { gitHostFaults } from './git-host-faults.ts'

/** A clone or push that takes longer than this is cut. */
const MAX_DURATION_MS = 4 * 3_600_000
const MAX_HEADER_BYTES = 64 * 1024

/** One request of a Git client, in the terms of CGI. */
export interface CgiRequest {
  method: 'GET' | 'POST'
  /** Below the root, e.g. `/acme/orders.git/info/refs`; made from checked names only. */
  pathInfo: string
  query: string
  contentType: string
  /** Header `Git-Protocol`, e.g. `version=2`. */
  protocol: string
  user: string
  body: AsyncIterable<Uint8Array> | undefined
  env: Readonly<Record<string, string>>
  /** A client that leaves stops a read at once; a write that has all it needs goes on to its end. */
  isWrite: boolean
  /** Aborts when the client has left. */
  signal: AbortSignal
  /** Runs after git has ended and before the client is told: the answer's end waits for it. Also when git could not be started. */
  onEnded: () => Promise<void>
}

/** Runs `git http-backend` (git-http-backend(1)) for one request, and streams both ways with backpressure. @throws `delivery.git_host.failed`. */
export async function serveByCgi(folders: GitFolders, request: CgiRequest): Promise<Response> {
  const child = await startProcess({
    command: 'git',
    args: ['http-backend'],
    cwd: folders.root,
    timeoutMs: MAX_DURATION_MS,
    env: {
      ...gitEnvironment(folders),
      ...request.env,
      GIT_PROJECT_ROOT: folders.root,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: request.pathInfo,
      QUERY_STRING: request.query,
      CONTENT_TYPE: request.contentType,
      GIT_PROTOCOL: /^[a-z0-9=:._-]{0,100}$/.test(request.protocol) ? request.protocol : '',
      REMOTE_USER: request.user,
    },
    // Also of an answer that nobody has begun to read, or its process would wait for a reader for hours.
    ...(request.isWrite ? {} : { signal: request.signal }),
  }).catch(async (error: unknown) => {
    await request.onEnded()
    throw error
  })
  child.stderr.resume()
  const feeding = feedProcess(child, request.body ?? '')
  const output = child.stdout.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  const head = await readHead(output)
  if (!head) {
    await child.stop()
    await request.onEnded()
    throw gitHostFaults.failed({ repository: request.pathInfo, what: 'it gave no answer' })
  }
  return new Response(ReadableStream.from(answer(child, output, head.rest, feeding, request)), { status: head.status, headers: head.headers })
}

async function* answer(
  child: RunningProcess,
  output: AsyncIterator<Buffer>,
  rest: Buffer,
  feeding: Promise<unknown>,
  request: CgiRequest,
): AsyncGenerator<Uint8Array> {
  let isWhole = false
  try {
    if (rest.length > 0) yield rest
    for (let next = await output.next(); !next.done; next = await output.next()) yield next.value
    isWhole = true
  } finally {
    if (!isWhole && !request.isWrite) void child.stop()
    child.stdout.resume()
    await child.exited
    await feeding
    await request.onEnded()
  }
}

interface Head {
  status: number
  headers: Headers
  rest: Buffer
}

/** The CGI header (RFC 3875, 6.3); undefined when the program ended without one. */
async function readHead(output: AsyncIterator<Buffer>): Promise<Head | undefined> {
  let read = Buffer.alloc(0)
  while (read.length < MAX_HEADER_BYTES) {
    const next = await output.next()
    if (next.done) return undefined
    read = Buffer.concat([read, next.value])
    const end = read.indexOf('\r\n\r\n')
    if (end !== -1) return parseHead(read.toString('latin1', 0, end), read.subarray(end + 4))
  }
  return undefined
}

function parseHead(text: string, rest: Buffer): Head {
  const headers = new Headers()
  let status = 200
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()]
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10)
    else headers.set(name, value)
  }
  return { status, headers, rest }
}

/** The body of a request as git reads it: unpacked when the client packed it. */
export function decodedBody(request: Request): AsyncIterable<Uint8Array> {
  const body = (request.body ?? []) as AsyncIterable<Uint8Array>
  const encoding = request.headers.get('content-encoding')
  if (encoding === null || encoding === 'identity') return body
  if (encoding !== 'gzip' && encoding !== 'x-gzip') throw gitHostFaults.bad_request({ what: `its content encoding "${encoding}" is not gzip` })
  return pipeline(Readable.from(body), createGunzip(), () => {})
}
