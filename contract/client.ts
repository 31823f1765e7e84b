import type { Operations } from './generated/operations.ts'
import { operationTable } from './generated/operation-table.ts'

export type OperationName = keyof Operations

/** What an operation takes: only the parts that it has. */
export type InputOf<Name extends OperationName> = Operations[Name]['input']
export type OutputOf<Name extends OperationName> = Operations[Name]['output']

export interface FieldFault {
  field: string
  message: string
  file?: string
  line?: number
  column?: number
}

/** An answer that says no: RFC 9457 problem document as an error. Recognise it by `code`. `status` 0 means that nobody answered. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly requestId: string
  readonly errors: readonly FieldFault[]

  constructor(problem: { status: number; code: string; title: string; detail: string; requestId?: string; errors?: readonly FieldFault[] }) {
    super(problem.detail)
    this.name = 'ApiProblem'
    this.status = problem.status
    this.code = problem.code
    this.title = problem.title
    this.requestId = problem.requestId ?? ''
    this.errors = problem.errors ?? []
  }
}

export interface CallOptions {
  /** Same key, same effect: sent as `Idempotency-Key`. */
  idempotencyKey?: string
  signal?: AbortSignal
}

export interface Client {
  readonly baseUrl: string
  /** Calls an operation of the API. @throws ApiProblem. */
  call<Name extends OperationName>(name: Name, input: InputOf<Name>, options?: CallOptions): Promise<OutputOf<Name>>
  /** Any address of the platform, with the client's credential: raw routes, logs, streams. @throws ApiProblem for a refusal. */
  raw(path: string, init?: RequestInit): Promise<Response>
}

/** Makes a typed client. Without `token` the browser's cookie signs the requests. */
export function createClient(options: { baseUrl: string; token?: string; fetch?: typeof globalThis.fetch }): Client {
  const send = options.fetch ?? globalThis.fetch.bind(globalThis)
  const raw = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`)
    let response: Response
    try {
      response = await send(`${options.baseUrl}${path}`, { ...init, headers })
    } catch (error) {
      if (init.signal?.aborted) throw error
      throw new ApiProblem({
        status: 0,
        code: 'client.unreachable',
        title: 'Unreachable',
        detail: `${options.baseUrl === '' ? 'the platform' : options.baseUrl} does not answer: is it running?`,
      })
    }
    if (!response.ok) throw await problemOf(response)
    return response
  }
  return {
    baseUrl: options.baseUrl,
    raw,
    call: async (name, input, callOptions = {}) => {
      const { method, path } = operationTable[name]
      const parts = input as { params?: Record<string, string>; query?: Record<string, unknown>; body?: unknown }
      const headers: Record<string, string> = { accept: 'application/json' }
      if (parts.body !== undefined) headers['content-type'] = 'application/json'
      if (callOptions.idempotencyKey !== undefined) headers['idempotency-key'] = callOptions.idempotencyKey
      const response = await raw(fill(path, parts.params ?? {}) + queryText(parts.query ?? {}), {
        method,
        headers,
        ...(parts.body === undefined ? {} : { body: JSON.stringify(parts.body) }),
        ...(callOptions.signal ? { signal: callOptions.signal } : {}),
      })
      return (response.status === 204 ? undefined : await response.json()) as OutputOf<typeof name>
    },
  }
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text()
  try {
    const body = JSON.parse(text) as { status?: number; code?: string; title?: string; detail?: string }
    if (typeof body.code === 'string')
      return new ApiProblem({ ...body, status: response.status, code: body.code, title: body.title ?? '', detail: body.detail ?? text })
  } catch {
    // not a problem document: something between us and the platform answered
  }
  return new ApiProblem({
    status: response.status,
    code: 'client.unexpected',
    title: response.statusText,
    detail: text.slice(0, 500) || `HTTP ${response.status}`,
  })
}

function fill(template: string, params: Record<string, string>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
}

function queryText(query: Record<string, unknown>): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === null) continue
    for (const one of Array.isArray(value) ? value : [value]) search.append(key, String(one))
  }
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}
