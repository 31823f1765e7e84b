import type { TableRoute } from './route-table.ts'

export interface Answer {
  status: number
  type: string
  text: string
  headers: Headers
}

/** What is wrong with a refusal: its status, the form of its protocol, a code that programs tell apart, or inner text. Empty when it is fine. */
export function complaintsAbout(route: TableRoute, answer: Answer, statuses: readonly number[]): string[] {
  const complaints = [
    ...(statuses.includes(answer.status) ? [] : [`is not ${statuses.join(' or ')}`]),
    ...(hasForm(route, answer) ? [] : ['has not the form of its protocol']),
    ...(/node_modules|at async|\.ts:\d/.test(answer.text) ? ['shows where it failed inside'] : []),
  ]
  return complaints.map((complaint) => `${route.operation}: ${answer.status} ${answer.type} ${answer.text.slice(0, 300)} ${complaint}`)
}

function hasForm(route: TableRoute, answer: Answer): boolean {
  if (route.path.startsWith('/git/')) return answer.type.startsWith('text/plain') && answer.text !== ''
  const body = parsed(answer.text)
  if (route.path.startsWith('/v2/')) return /^[A-Z_]+$/.test((body as { errors?: { code?: string }[] }).errors?.[0]?.code ?? '')
  // Backstage's dialect: the catalog's, the scaffolder's and the search's.
  if (/^\/api\/(?:catalog|scaffolder|search)\//.test(route.path)) return ((body as { error?: { name?: string } }).error?.name ?? '').endsWith('Error')
  // RFC 7644 §3.12.
  if (route.path.startsWith('/scim/'))
    return (body as { status?: string }).status === String(answer.status) && ((body as { detail?: string }).detail ?? '') !== ''
  // google.rpc.Status, as OTLP/HTTP wants it.
  if (route.operation.startsWith('otlp.') && answer.type === 'application/json') return typeof (body as { message?: unknown }).message === 'string'
  const problem = body as { status?: number; code?: string; detail?: string; requestId?: string }
  return (
    answer.type === 'application/problem+json' &&
    problem.status === answer.status &&
    /^[a-z_]+(\.[a-z_]+)+$/.test(problem.code ?? '') &&
    problem.detail !== '' &&
    (problem.requestId ?? '') !== ''
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}

/** What is wrong with any answer to a hostile request: a failure inside, or a file of the machine. */
export function failuresIn(what: string, answer: Answer): string[] {
  const isFine =
    answer.status < 500 && !/root:x:0|node_modules/.test(answer.text) && (answer.status < 400 || answer.text === '' || /json|text\/plain/.test(answer.type))
  return isFine ? [] : [`${what}: ${answer.status} ${answer.type} ${answer.text.slice(0, 300)}`]
}
