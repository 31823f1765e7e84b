/** How a caller should react: `no` never retry, `backoff` retry later, `after` retry after `retryAfterSeconds`. */
export type Retry = 'no' | 'backoff' | 'after'

export type FaultStatus = 400 | 401 | 403 | 404 | 409 | 410 | 412 | 413 | 416 | 422 | 423 | 429 | 500 | 502 | 503 | 504

/** One row of a feature's catalogue. `title` and `detail` reach people: they never carry secrets or internals. */
export interface FaultSpec<Details> {
  status: FaultStatus
  title: string
  retry: Retry
  /** Says what failed, for which input (quoted), and what to do next. One line. */
  detail: (details: Details) => string
}

/** One wrong field of an input. `field` is a JSON path such as `spec.owner`; `file`, `line`, `column` (from 1) where the input was a file. */
export interface FieldProblem {
  field: string
  message: string
  file?: string
  line?: number
  column?: number
}

/** What may be attached to a fault besides its details. */
export interface FaultExtras {
  cause?: unknown
  errors?: readonly FieldProblem[]
  retryAfterSeconds?: number
}

/**
 * The only error that crosses a port. Recognise it by `code`, never by `instanceof`.
 * On the wire it is RFC 9457 `application/problem+json`.
 */
export class Fault extends Error {
  readonly code: string
  readonly status: FaultStatus
  readonly title: string
  readonly retry: Retry
  readonly errors: readonly FieldProblem[]
  readonly retryAfterSeconds: number | undefined

  constructor(code: string, spec: Pick<FaultSpec<never>, 'status' | 'title' | 'retry'>, detail: string, extras: FaultExtras = {}) {
    super(detail, { cause: extras.cause })
    this.name = 'Fault'
    this.code = code
    this.status = spec.status
    this.title = spec.title
    this.retry = spec.retry
    this.errors = extras.errors ?? []
    this.retryAfterSeconds = extras.retryAfterSeconds
  }
}

type Catalogue = Record<string, FaultSpec<never>>
type DetailsOf<Spec extends FaultSpec<never>> = Parameters<Spec['detail']> extends [] ? Record<never, never> : Parameters<Spec['detail']>[0]
type Makers<C extends Catalogue> = {
  [Key in keyof C]: ((details: DetailsOf<C[Key]>, extras?: FaultExtras) => Fault) & { readonly code: string }
}

const catalogued = new Map<string, { code: string; status: FaultStatus; title: string; retry: Retry }>()

/**
 * Turns a feature's table into functions that make its faults: `faults('kernel.blob', {...}).not_found({key})`.
 * The code is `<feature>.<key>`, stable for ever: documentation pages and clients depend on it.
 */
export function faults<C extends Catalogue>(feature: string, catalogue: C): Makers<C> {
  const makers: Record<string, unknown> = {}
  for (const [key, spec] of Object.entries(catalogue)) {
    const code = `${feature}.${key}`
    catalogued.set(code, { code, status: spec.status, title: spec.title, retry: spec.retry })
    const make = (details: never, extras?: FaultExtras): Fault => new Fault(code, spec, spec.detail(details), extras)
    makers[key] = Object.assign(make, { code })
  }
  return makers as Makers<C>
}

/** Every fault that the loaded features can make, sorted by code: the source of `docs/errors.md`. */
export function listCataloguedFaults(): { code: string; status: FaultStatus; title: string; retry: Retry }[] {
  return [...catalogued.values()].sort((a, b) => a.code.localeCompare(b.code))
}

/** True for a fault with this code, whichever copy of the class made it. */
export function isFault(error: unknown, code?: string): error is Fault {
  if (!(error instanceof Error) || !('code' in error) || !('status' in error) || error.name !== 'Fault') return false
  return code === undefined || error.code === code
}

/** RFC 9457 problem document with Fairway's members. */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  requestId: string
  errors?: readonly FieldProblem[]
  retryAfterSeconds?: number
}

/** The wire form of a fault. An unknown error becomes `kernel.internal` and keeps its text to itself. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (!isFault(error)) {
    return {
      type: 'about:blank',
      title: 'Internal error',
      status: 500,
      code: 'kernel.internal',
      requestId,
      detail: `Something failed inside the platform; the log has it under request ${requestId}.`,
    }
  }
  return {
    type: `https://fairway.dev/errors#${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(error.errors.length > 0 ? { errors: error.errors } : {}),
    ...(error.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: error.retryAfterSeconds }),
  }
}
