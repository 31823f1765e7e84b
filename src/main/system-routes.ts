import { jsonResponse, rawRoute, type Route } from '#kernel/node/http'
import type { Telemetry } from '#kernel/node/telemetry'

/** What machines ask of the platform itself: is it alive, is it ready, how is it, what can it do. */
export function systemRoutes(deps: {
  telemetry: Telemetry
  isReady: () => Promise<{ isReady: boolean; checks: Record<string, string> }>
  openApi: () => unknown
}): Route[] {
  const text = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }
  return [
    rawRoute({
      method: 'GET',
      path: '/healthz',
      operation: 'system.health',
      summary: 'Tell whether the process is alive',
      tag: 'system',
      permission: 'public',
      handle: () => jsonResponse({ status: 'ok' }),
    }),
    rawRoute({
      method: 'GET',
      path: '/readyz',
      operation: 'system.readiness',
      summary: 'Tell whether work can be taken',
      tag: 'system',
      permission: 'public',
      handle: async () => {
        const { isReady, checks } = await deps.isReady()
        return jsonResponse({ status: isReady ? 'ok' : 'unavailable', checks }, { status: isReady ? 200 : 503 })
      },
    }),
    rawRoute({
      method: 'GET',
      path: '/metrics',
      operation: 'system.metrics',
      summary: "Read the platform's own metrics",
      tag: 'system',
      permission: 'public',
      handle: () => new Response(deps.telemetry.prometheusText(), { headers: text }),
    }),
    rawRoute({
      method: 'GET',
      path: '/api/v1/openapi.json',
      operation: 'system.openApi',
      summary: 'Read the description of this API',
      tag: 'system',
      permission: 'public',
      handle: () => jsonResponse(deps.openApi()),
    }),
  ]
}
