/// <reference types="node" />
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { answer, problem } from './answers.ts'
import { overviewPicture } from './fixtures/docs.ts'
import type { World } from './world.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** As the product sends it: what works only without it is found here. */
const contentPolicy =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"

export interface DevServer extends AsyncDisposable {
  url: string
}

/** Serves a built portal and the invented platform behind it, on 127.0.0.1. Not part of the product. Port 0 takes a free one. */
export async function startDevServer({ world, root, port = 0 }: { world: World; root: string; port?: number }): Promise<DevServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (url.pathname.startsWith('/api/v1/')) void serveApi(world, request, response, url)
    else serveFile(root, url.pathname, request, response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      world.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function serveApi(world: World, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const path = url.pathname.slice('/api/v1'.length)
  const failing = [...world.failures].find(([prefix]) => path.startsWith(prefix))
  const isOpen = path === '/session'
  if (!world.isSignedIn && !isOpen) return send(response, problem(401, 'kernel.http.unauthenticated', 'Nobody is signed in.'))
  if (failing !== undefined)
    return send(
      response,
      problem(
        failing[1],
        failing[1] === 403 ? 'platform.access.denied' : 'kernel.internal',
        failing[1] === 403 ? 'This needs the permission of another role' : 'Something failed inside the platform; the log has it.',
      ),
    )
  if (path === '/stream') return stream(world, request, response)
  if (path.endsWith('/asset')) return void response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(overviewPicture)
  if (path.endsWith('/log/stream')) return void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n')
  const found = answer({ method: request.method ?? 'GET', path, query: url.searchParams, body: await bodyOf(request) }, world)
  send(response, found ?? problem(404, 'kernel.http.no_route', `Nothing is at ${path}`))
}

function stream(world: World, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 1000\n: connected\n\n')
  const stop = world.onEvent(({ sequence, type, ...rest }) =>
    response.write(`id: ${sequence}\nevent: ${type}\ndata: ${JSON.stringify({ sequence, type, ...rest })}\n\n`),
  )
  request.on('close', stop)
}

function send(response: ServerResponse, { status, body }: { status: number; body: unknown }): void {
  response.writeHead(status, { 'content-type': status >= 400 ? 'application/problem+json' : 'application/json' })
  response.end(body === undefined ? '' : JSON.stringify(body))
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

function serveFile(root: string, pathname: string, request: IncomingMessage, response: ServerResponse): void {
  const wanted = join(root, normalize(pathname))
  const isFile = extname(wanted) !== '' && wanted.startsWith(root) && existsSync(wanted)
  const path = isFile ? wanted : join(root, 'index.html')
  const isBrotli = (request.headers['accept-encoding'] ?? '').includes('br') && existsSync(`${path}.br`)
  response.writeHead(200, {
    'content-security-policy': contentPolicy,
    'content-type': types[extname(path)] ?? 'application/octet-stream',
    ...(isBrotli ? { 'content-encoding': 'br' } : {}),
    'cache-control': pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  response.end(readFileSync(isBrotli ? `${path}.br` : path))
}
