import { expect, it } from 'vitest'
import type { JsonObject } from '#kernel/common/json'
import { createTelemetry } from '#kernel/node/telemetry'
import { requestMetrics, requestSpans } from './request-telemetry.ts'

interface SpanJson {
  name: string
  parentSpanId?: string
  status: { code?: number }
}

async function spansOf(ask: (around: ReturnType<typeof requestSpans>) => Promise<void>): Promise<SpanJson[]> {
  const spans: SpanJson[] = []
  const telemetry = createTelemetry({
    serviceName: 'fairway',
    version: '1',
    exporter: async (signal, request) => {
      if (signal === 'traces')
        spans.push(
          ...(request as { resourceSpans: { scopeSpans: { spans: SpanJson[] }[] }[] } & JsonObject).resourceSpans.flatMap((one) =>
            one.scopeSpans.flatMap((scope) => scope.spans),
          ),
        )
    },
  })
  await ask(requestSpans(telemetry))
  await telemetry.flush()
  return spans
}

const route = { method: 'GET', route: '/api/v1/things' }
const asked = new Request('http://localhost/api/v1/things')
const answering = (status: number) => async (): Promise<Response> => new Response(null, { status })

it('traces a request, also one that fails', async () => {
  const spans = await spansOf(async (around) => {
    await around(route, asked, answering(200))
    await around(route, asked, answering(503))
  })
  expect(spans).toMatchObject([{ name: 'GET /api/v1/things', status: {} }, { status: { code: 2 } }])
})

it('traces a part of a flood of reads, but every failure, every write and every trace of a caller', async () => {
  const traced = new Request('http://localhost/', { headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } })
  const spans = await spansOf(async (around) => {
    for (let index = 0; index < 1_500; index++) await around(route, asked, answering(200))
    for (let index = 0; index < 50; index++) await around({ ...route, route: '/failing' }, asked, answering(500))
    for (let index = 0; index < 50; index++) await around({ ...route, method: 'POST' }, asked, answering(201))
    for (let index = 0; index < 50; index++) await around({ ...route, route: '/traced' }, traced, answering(200))
  })
  const count = (name: string): number => spans.filter((span) => span.name === name).length
  expect(count('GET /api/v1/things')).toBeGreaterThanOrEqual(200)
  expect(count('GET /api/v1/things')).toBeLessThan(400)
  expect(['GET /failing', 'POST /api/v1/things', 'GET /traced'].map(count)).toEqual([50, 50, 50])
  expect(spans.find((span) => span.name === 'GET /traced')?.parentSpanId).toBe('b7ad6b7169203331')
})

it('leaves what machines ask for untraced', async () => {
  expect(await spansOf(async (around) => void (await around({ method: 'GET', route: '/healthz' }, asked, answering(500))))).toEqual([])
})

it('measures by method, route and status', () => {
  const telemetry = createTelemetry({ serviceName: 'fairway', version: '1' })
  const record = requestMetrics(telemetry)
  for (const status of [200, 200, 404]) record({ ...route, status, durationMs: 3 })
  const text = telemetry.prometheusText()
  expect(text).toContain('http_server_request_duration_seconds_count{http_request_method="GET",http_route="/api/v1/things",http_response_status_code="200"} 2')
  expect(text).toContain('http_response_status_code="404"} 1')
})
