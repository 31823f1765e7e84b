import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { test } from 'node:test'
import { createTelemetry } from '../src/telemetry.js'

test('spans and logs arrive at the collector under one trace, metrics beside them', async (t) => {
  const received = {}
  const collector = createServer(async (request, response) => {
    const chunks = []
    for await (const chunk of request) chunks.push(chunk)
    received[request.url] = { body: JSON.parse(Buffer.concat(chunks).toString('utf8')), token: request.headers.authorization }
    response.end('{}')
  }).listen(0, '127.0.0.1')
  await once(collector, 'listening')
  t.after(() => collector.close())

  const telemetry = createTelemetry({
    name: 'test',
    version: '1',
    otlpEndpoint: `http://127.0.0.1:${collector.address().port}`,
    otlpHeaders: 'authorization=Bearer%20abc',
    resourceAttributes: 'deployment.environment.name=dev',
  })
  const span = telemetry.startSpan('GET /')
  telemetry.log('info', 'hello', { traceId: span.traceId, spanId: span.spanId })
  span.end({ 'http.response.status_code': 500 })
  await telemetry.metrics([{ name: 'jobs' }])
  await telemetry.close()

  const sent = received['/v1/traces'].body.resourceSpans[0]
  assert.equal(sent.scopeSpans[0].spans[0].traceId, span.traceId)
  assert.equal(sent.scopeSpans[0].spans[0].status.code, 2)
  assert.equal(received['/v1/logs'].body.resourceLogs[0].scopeLogs[0].logRecords[0].traceId, span.traceId)
  assert.equal(received['/v1/metrics'].body.resourceMetrics[0].scopeMetrics[0].metrics[0].name, 'jobs')
  assert.equal(received['/v1/traces'].token, 'Bearer abc')
  assert.ok(sent.resource.attributes.some(({ key, value }) => key === 'deployment.environment.name' && value.stringValue === 'dev'))
})

test('without an endpoint nothing is sent and nothing fails', async () => {
  const telemetry = createTelemetry({ name: 'test', version: '1' })
  telemetry.startSpan('GET /').end({})
  await telemetry.metrics([])
  await telemetry.close()
})
