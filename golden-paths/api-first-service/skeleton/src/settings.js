/** Reads the settings once, so that a wrong one stops the start and not a request. */
export function readSettings(environment, { version }) {
  const port = Number(environment.PORT ?? 8080)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT must be a port number, not "${environment.PORT}"`)
  const brokenAnswers = environment.BROKEN_ANSWERS ?? 'refuse'
  if (!['refuse', 'log'].includes(brokenAnswers)) throw new Error(`BROKEN_ANSWERS must be refuse or log, not "${brokenAnswers}"`)
  return {
    port,
    brokenAnswers,
    // All interfaces unless told: in a container that is what is wanted.
    host: environment.HOST,
    name: environment.OTEL_SERVICE_NAME ?? '${{ values.name }}',
    version: environment.VERSION ?? version,
    otlpEndpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
    otlpHeaders: environment.OTEL_EXPORTER_OTLP_HEADERS,
    resourceAttributes: environment.OTEL_RESOURCE_ATTRIBUTES,
    drainMs: 5000,
  }
}
