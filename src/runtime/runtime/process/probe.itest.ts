import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import type { AddressInfo } from 'node:net'
import { probeHttp } from './probe.ts'

let server: Server | undefined
afterEach(() => server?.close())

/** A server that speaks so on each connection. @returns its port. */
async function speaking(talk: (socket: Socket) => void): Promise<number> {
  server = createServer((socket) => {
    socket.on('error', () => {})
    talk(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

it('passes an answer below 400, and tells another', async () => {
  expect(await probeHttp(await speaking((socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n')), '/ready', 1_000)).toBeUndefined()
  server?.close()
  expect(await probeHttp(await speaking((socket) => socket.end('HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n')), '/ready', 1_000)).toBe('/ready answers 503')
})

it('gives up on a head that drips', async () => {
  const port = await speaking((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    const drip = setInterval(() => socket.write('x: y\r\n'), 20)
    socket.once('close', () => clearInterval(drip))
  })
  expect(await probeHttp(port, '/ready', 200)).toBe('/ready does not answer within 200 ms')
})
