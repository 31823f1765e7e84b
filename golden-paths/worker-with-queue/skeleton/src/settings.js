/** Reads the settings once, so that a wrong one stops the start and not a job. */
export function readSettings(environment, { version }) {
  const whole = (name, fallback, least, most) => {
    const value = Number(environment[name] ?? fallback)
    if (!Number.isInteger(value) || value < least || value > most) throw new Error(`${name} must be a whole number from ${least} to ${most}, not "${environment[name]}"`)
    return value
  }
  if (environment.NODE_ENV === 'production' && !environment.DATABASE_URL) throw new Error('DATABASE_URL is missing; in production nothing is kept in memory')
  return {
    port: whole('PORT', 8080, 0, 65_535),
    concurrency: whole('CONCURRENCY', 4, 1, 64),
    maxAttempts: whole('MAX_ATTEMPTS', 5, 1, 25),
    keepDoneDays: whole('KEEP_DONE_DAYS', 7, 1, 365),
    // All interfaces unless told: in a container that is what is wanted.
    host: environment.HOST,
    databaseUrl: environment.DATABASE_URL,
    name: environment.OTEL_SERVICE_NAME ?? '${{ values.name }}',
    version: environment.VERSION ?? version,
    otlpEndpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT,
    otlpHeaders: environment.OTEL_EXPORTER_OTLP_HEADERS,
    resourceAttributes: environment.OTEL_RESOURCE_ATTRIBUTES,
    drainMs: 5000,
  }
}
