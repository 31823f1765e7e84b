import type { z } from 'zod'
import type { Caller, ResourceRef } from './caller.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'LOCK' | 'UNLOCK'

/** A permission such as `change:approve` (`<noun>:<verb>`), or `public` for what anybody may call. */
export type Permission = 'public' | `${string}:${string}`

/** Anything that makes this code, e.g. `changeFaults.not_found`. */
interface FaultCode {
  readonly code: string
}

interface RouteCommon {
  method: Method
  /** OpenAPI template, e.g. `/api/v1/changes/{id}`. A last segment `{path+}` takes the rest, slashes included. */
  path: string
  /** Unique, `<noun>.<verb>`, e.g. `changes.approve`: the operation's name in the typed client. */
  operation: string
  /** One sentence in the imperative. */
  summary: string
  tag: string
  permission: Permission
  errors?: readonly FaultCode[]
}

export interface RouteInput<P, Q, B> {
  params: P
  query: Q
  body: B
  caller: Caller
  requestId: string
  /** Header `Idempotency-Key`, when the caller sent one. */
  idempotencyKey: string | undefined
  /** Aborted when the caller goes away. */
  signal: AbortSignal
  request: Request
}

/** A JSON route: checked on the way in by its schemas. */
export interface JsonRoute<P = unknown, Q = unknown, B = unknown, R = unknown> extends RouteCommon {
  kind: 'json'
  params?: z.ZodType<P>
  query?: z.ZodType<Q>
  body?: z.ZodType<B>
  /** Largest body; 4 MiB unless told. */
  bodyLimitBytes?: number
  response: z.ZodType<R>
  /** 200 unless told otherwise. */
  status?: 200 | 201 | 202 | 204
  /** What the permission is asked for; the platform itself unless told. Runs before the handler, after the schemas. */
  resource?: (input: RouteInput<P, Q, B>) => ResourceRef | Promise<ResourceRef>
  handle: (input: RouteInput<P, Q, B>) => Promise<R> | R
}

/** A route that speaks another protocol (git, OCI, OTLP, SSE, Backstage) and makes its own answer. Faults still become problems unless `renderFault` says otherwise. */
export interface RawRoute extends RouteCommon {
  kind: 'raw'
  /** How an unknown caller is asked to sign in: adds `WWW-Authenticate`. */
  challenge?: 'Basic' | 'Bearer'
  resource?: (input: RawInput) => ResourceRef | Promise<ResourceRef>
  renderFault?: (problem: { status: number; code: string; title: string; detail: string }, request: Request) => Response
  handle: (input: RawInput) => Promise<Response> | Response
}

export interface RawInput {
  params: Readonly<Record<string, string>>
  url: URL
  /** On a public route a caller may still be known. */
  caller: Caller | undefined
  requestId: string
  signal: AbortSignal
  request: Request
}

export type Route = JsonRoute | RawRoute

/** Declares a JSON route; only gives the types a place to meet. */
export function jsonRoute<P, Q, B, R>(route: Omit<JsonRoute<P, Q, B, R>, 'kind'>): Route {
  return { kind: 'json', ...route } as unknown as Route
}

export function rawRoute(route: Omit<RawRoute, 'kind'>): Route {
  return { kind: 'raw', ...route }
}
