/** A `Response` without what reads its body: the types call those fields, which no method may stand for. */
const Bodiless = Response as unknown as new (
  body: null,
  init: ResponseInit,
) => Pick<Response, 'headers' | 'ok' | 'redirected' | 'status' | 'statusText' | 'type' | 'url'>

/**
 * An answer whose whole body is a text that is there already. It is a `Response` in everything, but makes a stream only for somebody who reads it as one:
 * that costs twenty times as much as the rest of an answer. `serveHttp` writes the text as it is.
 */
export class TextResponse extends Bodiless {
  readonly #text: string
  #streamed: Response | undefined

  constructor(text: string, init: ResponseInit) {
    super(null, init)
    this.#text = text
  }

  /** The text of an answer that nobody has begun to read; undefined for any other answer. */
  static textOf(response: Response): string | undefined {
    return #text in response && response.#streamed === undefined ? response.#text : undefined
  }

  get body(): Response['body'] {
    return this.#stream().body
  }

  get bodyUsed(): boolean {
    return this.#streamed?.bodyUsed ?? false
  }

  text(): Promise<string> {
    return this.#stream().text()
  }

  json(): Promise<unknown> {
    return this.#stream().json()
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#stream().arrayBuffer()
  }

  bytes(): ReturnType<Response['bytes']> {
    return this.#stream().bytes()
  }

  blob(): ReturnType<Response['blob']> {
    return this.#stream().blob()
  }

  formData(): ReturnType<Response['formData']> {
    return this.#stream().formData()
  }

  clone(): Response {
    return this.#stream().clone()
  }

  #stream(): Response {
    return (this.#streamed ??= new Response(this.#text, { status: this.status, statusText: this.statusText, headers: this.headers }))
  }
}

/** JSON that is text already, e.g. a stored document: passed on without being parsed. 200 unless `init` says otherwise. */
export function jsonTextResponse(text: string, init: { status?: number; headers?: Readonly<Record<string, string>> } = {}): Response {
  return new TextResponse(text, { status: init.status ?? 200, headers: { 'content-type': 'application/json', ...init.headers } })
}

/** `Response.json` without a stream. @throws TypeError for what JSON does not know, as `undefined`. */
export function jsonResponse(value: unknown, init: { status?: number; headers?: Readonly<Record<string, string>> } = {}): Response {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new TypeError('an answer must be JSON')
  return jsonTextResponse(text, init)
}
