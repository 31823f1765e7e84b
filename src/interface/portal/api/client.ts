import { ApiProblem, problemOf, unreachableCode } from './problem.ts'

type Query = Record<string, string | number | boolean | readonly string[] | undefined | null>

interface Call {
  query?: Query | undefined
  body?: unknown
  signal?: AbortSignal | undefined
  headers?: Record<string, string>
}

let onUnauthenticated: () => void = () => undefined

/** Called whenever the server says that nobody is signed in (any more). */
export function whenUnauthenticated(handler: () => void): void {
  onUnauthenticated = handler
}

/** `/api/v1/changes?state=waiting&state=applying`: lists repeat their name; what is undefined, null or empty is left out. */
function address(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue
    for (const each of Array.isArray(value) ? value : [value]) search.append(name, String(each))
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

/**
 * One call of the API. The session travels by cookie.
 * @throws ApiProblem with the server's code, or `portal.unreachable` when there was no answer.
 */
async function call<T>(method: string, path: string, options: Call = {}): Promise<T> {
  const { body, query, signal, headers } = options
  let response: Response
  try {
    response = await fetch(address(path, query), {
      method,
      credentials: 'same-origin',
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiProblem(0, { code: unreachableCode, title: 'No connection', detail: 'The platform does not answer. What you see is the last answer it gave.' })
  }
  if (!response.ok) {
    const problem = await problemOf(response)
    if (problem.status === 401) onUnauthenticated()
    throw problem
  }
  if (response.status === 204) return undefined as T
  const text = await response.text()
  return (text === '' ? undefined : JSON.parse(text)) as T
}

export const http = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> => call<T>('GET', path, { query, signal }),
  post: <T>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<T> => call<T>('POST', path, { body, headers }),
  remove: <T>(path: string): Promise<T> => call<T>('DELETE', path),
}
