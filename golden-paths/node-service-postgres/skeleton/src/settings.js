/** Reads the settings once, so that a wrong one stops the start and not a request. */
export function readSettings(environment) {
  const port = Number(environment.PORT ?? 8080)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT must be a port number, not "${environment.PORT}"`)
  if (environment.NODE_ENV === 'production' && !environment.DATABASE_URL) throw new Error('DATABASE_URL is missing; in production nothing is kept in memory')
  return {
    port,
    // All interfaces unless told: in a container that is what is wanted.
    host: environment.HOST,
    databaseUrl: environment.DATABASE_URL,
    name: environment.OTEL_SERVICE_NAME ?? environment.SERVICE_NAME ?? '${{ values.name }}',
    version: environment.VERSION ?? (typeof BUILD_VERSION === 'undefined' ? 'dev' : BUILD_VERSION),
    otlpEndpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
    otlpHeaders: environment.OTEL_EXPORTER_OTLP_HEADERS,
    resourceAttributes: environment.OTEL_RESOURCE_ATTRIBUTES,
    drainMs: 5000,
  }
}
