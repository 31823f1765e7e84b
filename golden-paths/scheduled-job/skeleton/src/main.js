import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { checkAll } from './check.js'
import { createTelemetry } from './telemetry.js'

const root = path.join(import.meta.dirname, '..')
const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
const telemetry = createTelemetry({
  name: process.env.OTEL_SERVICE_NAME ?? manifest.name,
  version: process.env.VERSION ?? manifest.version,
  otlpEndpoint: process.env.OTEL_EXPORTER_OTLP_ENDPOINT,
  otlpHeaders: process.env.OTEL_EXPORTER_OTLP_HEADERS,
  resourceAttributes: process.env.OTEL_RESOURCE_ATTRIBUTES,
})
const span = telemetry.startSpan('run')

function log(level, message, fields = {}) {
  const traced = { traceId: span.traceId, spanId: span.spanId, ...fields }
  process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...traced })}\n`)
  telemetry.log(level, message, traced)
}

// The platform asks a run to end when its time is over, or when the job is stopped.
const stopping = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)))

let bad = 0
try {
  const targets = JSON.parse(await readFile(path.join(root, 'targets.json'), 'utf8'))
  const results = await checkAll(targets, { signal: stopping.signal })
  for (const { address, problem, durationMs } of results) log(problem ? 'error' : 'info', `${address} ${problem ?? 'is well'}`, { durationMs })
  bad = results.filter((result) => result.problem).length
  // The time that this run is for; two runs never have the same.
  log(bad > 0 ? 'error' : 'info', `${results.length - bad} of ${results.length} addresses are well`, { scheduledAt: process.env.FAIRWAY_SCHEDULED_AT ?? 'now' })
} catch (error) {
  bad += 1
  log('error', error.message, { stack: error.stack })
}
span.end({ 'run.scheduled_at': process.env.FAIRWAY_SCHEDULED_AT ?? '', 'run.problems': bad }, bad > 0)
await telemetry.close()
// Good or not: this is what the platform goes by.
process.exitCode = bad > 0 ? 1 : 0
