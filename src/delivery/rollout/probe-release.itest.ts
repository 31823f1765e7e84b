import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { releaseProbe } from './probe-release.ts'

const ref = { component: 'orders', environment: 'production', release: 'rel_1' }
let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function probeOf(answer: Parameters<typeof createServer>[1]): Promise<() => Promise<boolean | null>> {
  server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const probe = releaseProbe({ readyEndpoints: () => [{ instance: 'ins_1', host: '127.0.0.1', port, version: '1', enter: () => () => {} }] })
  return async () => await probe(ref, '/', null)
}

it.each([
  ['200', 200, true],
  ['404', 404, true],
  ['503', 503, false],
])('counts %s as the ingress does', async (_text, status, isGood) => {
  const ask = await probeOf((_request, response) => response.writeHead(status).end('text'))
  expect(await ask()).toBe(isGood)
})

it('gives up on an answer that never ends', async () => {
  const ask = await probeOf((_request, response) => {
    response.writeHead(200)
    const drip = setInterval(() => response.write('.'), 50)
    response.once('close', () => clearInterval(drip))
  })
  expect(await ask()).toBe(false)
})

it('asks nobody when nothing is ready', async () => {
  expect(await releaseProbe({ readyEndpoints: () => [] })(ref, '/', null)).toBeNull()
})
