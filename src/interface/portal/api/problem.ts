import type { FieldFault } from './shapes/index.ts'

/** A refused or failed call, made from the server's `application/problem+json` (RFC 9457). Recognise it by `code`. */
export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly requestId: string | undefined
  readonly errors: readonly FieldFault[]

  constructor(status: number, body: Partial<{ title: string; detail: string; code: string; requestId: string; errors: FieldFault[] }>) {
    super(body.detail ?? body.title ?? `The server answered ${status}`)
    this.name = 'ApiProblem'
    this.status = status
    this.code = body.code ?? `http.${status}`
    this.title = body.title ?? 'Request failed'
    this.requestId = body.requestId
    this.errors = body.errors ?? []
  }
}

/** The server could not be reached at all. */
export const unreachableCode = 'portal.unreachable'

/** True for an ApiProblem, and of this code when one is given. */
export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code)
}

/** Reads the problem out of a failed response; a body that is none still gives a usable one. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const requestId = response.headers.get('x-request-id') ?? undefined
  try {
    const body = (await response.json()) as Record<string, never>
    return new ApiProblem(response.status, { ...(requestId === undefined ? {} : { requestId }), ...body })
  } catch {
    return new ApiProblem(response.status, requestId === undefined ? {} : { requestId })
  }
}
