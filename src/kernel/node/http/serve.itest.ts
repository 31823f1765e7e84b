import { request } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { jsonTextResponse } from './text-response.ts'
import { serveHttp, type RunningServer } from './serve.ts'
import { readBody } from './router.ts'

let server: RunningServer
beforeAll(async () => {
  server = await serveHttp({ host: '127.0.0.1', port: 0, setting: 'PORT', fetch: answer })
})
afterAll(async () => await server[Symbol.asyncDispose]())

async function answer(incoming: Request): Promise<Response> {
  const { pathname } = new URL(incoming.url)
  if (pathname === '/read') return jsonTextResponse(String((await readBody(incoming, 100)).byteLength))
  if (pathname === '/stream') return new Response('streamed')
  const response = jsonTextResponse('{"a":"ü"}', { status: 201 })
  response.headers.append('set-cookie', 'a=1')
  response.headers.append('set-cookie', 'b=2')
  return response
}

const ask = async (path: string, init: RequestInit = {}): Promise<Response> => await fetch(`http://127.0.0.1:${server.port}${path}`, init)

it('sends a text with its length, its headers and each cookie', async () => {
  const response = await ask('/')
  expect({ status: response.status, length: response.headers.get('content-length'), cookies: response.headers.getSetCookie() }).toEqual({
    status: 201,
    length: '10',
    cookies: ['a=1', 'b=2'],
  })
  expect(await response.json()).toEqual({ a: 'ü' })
})

it('sends no body to HEAD', async () => {
  const response = await ask('/', { method: 'HEAD' })
  expect([response.headers.get('content-length'), await response.text()]).toEqual(['10', ''])
})

it('sends a stream, and a text after it on the same connection', async () => {
  expect(await (await ask('/stream')).text()).toBe('streamed')
  expect(await (await ask('/')).text()).toBe('{"a":"ü"}')
})

it('reads bodies whose length was announced, and those in chunks', async () => {
  expect(await (await ask('/read', { method: 'POST', body: 'x'.repeat(100) })).text()).toBe('100')
  const body = new ReadableStream({
    start: (controller) => {
      for (const part of ['aa', 'bbb']) controller.enqueue(new TextEncoder().encode(part))
      controller.close()
    },
  })
  expect(await (await ask('/read', { method: 'POST', body, duplex: 'half' } as RequestInit)).text()).toBe('5')
})

it('goes on when a caller leaves before the answer, or in the middle of a body', async () => {
  for (const headers of [{}, { 'content-length': '50' }]) {
    const asked = request({ port: server.port, method: 'POST', path: '/read', headers })
    const closed = new Promise((resolve) => asked.once('close', resolve))
    asked.once('error', () => {})
    asked.write('x', () => asked.destroy())
    await closed
  }
  expect((await ask('/')).status).toBe(201)
})
