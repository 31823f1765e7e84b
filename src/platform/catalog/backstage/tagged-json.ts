import { createHash } from 'node:crypto'
import { jsonTextResponse } from '#kernel/node/http'

/** As Backstage writes it. */
export const BACKSTAGE_JSON = 'application/json; charset=utf-8'

/**
 * JSON with the `ETag` that Backstage's server sends with most answers (not with whole entities that it passes on unparsed), and 304 for whoever has it.
 * @param request the request that is answered; only `GET` has a 304.
 */
export function taggedJson(request: Request, text: string, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  const digest = createHash('sha1').update(text).digest('base64').slice(0, 27)
  const etag = `W/"${Buffer.byteLength(text).toString(16)}-${digest}"`
  const known = request.method === 'GET' && status === 200 ? (request.headers.get('if-none-match') ?? '') : ''
  if (known.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*')) return new Response(null, { status: 304, headers: { ...headers, etag } })
  return jsonTextResponse(text, { status, headers: { ...headers, 'content-type': BACKSTAGE_JSON, etag } })
}

/** Entities passed on as they are stored: no tag. */
export function wholeJson(text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return jsonTextResponse(text, { headers: { ...headers, 'content-type': BACKSTAGE_JSON } })
}
