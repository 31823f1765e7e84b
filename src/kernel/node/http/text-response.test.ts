import { expect, it } from 'vitest'
import { jsonResponse, jsonTextResponse, TextResponse } from './text-response.ts'

it('is a response that can be read as one, once', async () => {
  const response = jsonResponse({ a: 'ü' }, { status: 201, headers: { etag: '"1"' } })
  expect(response).toBeInstanceOf(Response)
  expect({
    status: response.status,
    ok: response.ok,
    type: response.headers.get('content-type'),
    etag: response.headers.get('etag'),
    used: response.bodyUsed,
  }).toEqual({
    status: 201,
    ok: true,
    type: 'application/json',
    etag: '"1"',
    used: false,
  })
  expect(await response.clone().json()).toEqual({ a: 'ü' })
  expect(await response.text()).toBe('{"a":"ü"}')
  expect(response.bodyUsed).toBe(true)
  await expect(response.text()).rejects.toThrow(/body/i)
})

it.each([
  ['body', async (response: Response) => new TextDecoder().decode((await response.body?.getReader().read())?.value as Uint8Array)],
  ['arrayBuffer', async (response: Response) => new TextDecoder().decode(await response.arrayBuffer())],
  ['bytes', async (response: Response) => new TextDecoder().decode(await response.bytes())],
  ['blob', async (response: Response) => await (await response.blob()).text()],
  ['another response', async (response: Response) => await new Response(response.body, response).text()],
])('is read by %s', async (_how, read) => expect(await read(jsonTextResponse('[1]'))).toBe('[1]'))

it('tells its text until somebody reads it', async () => {
  const response = jsonTextResponse('[1]')
  response.headers.set('x-request-id', 'req_1')
  expect(TextResponse.textOf(response)).toBe('[1]')
  await response.text()
  expect(TextResponse.textOf(response)).toBeUndefined()
  expect(TextResponse.textOf(new Response('[1]'))).toBeUndefined()
})

it('refuses what is not JSON', () => expect(() => jsonResponse(undefined)).toThrow(TypeError))
