import { pino } from 'pino'
import { isFault } from '#kernel/common/fault'

/** The closed list of keys that a log line may carry besides its message. */
interface LogFields {
  feature?: string
  requestId?: string
  caller?: string
  method?: string
  path?: string
  status?: number
  durationMs?: number
  change?: string
  action?: string
  run?: string
  job?: string
  release?: string
  component?: string
  environment?: string
  workload?: string
  entity?: string
  repository?: string
  driver?: string
  attempt?: number
  count?: number
  code?: string
  pid?: number
  url?: string
  error?: unknown
}

/** Structured log, injected; written at the edges (request, job, reconcile), never inside pure code. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  with(fields: LogFields): Logger
}

type Level = 'debug' | 'info' | 'warn' | 'error'

/** A line as it is handed to a sink, e.g. the telemetry kit. */
export interface LogEntry {
  level: Level
  message: string
  at: Date
  fields: LogFields
}

/** Writes JSON lines to `file`; to standard error without one. */
export function createLogger(options: { level: Level | 'silent'; file?: string }): Logger {
  const destination = options.file === undefined ? pino.destination({ fd: 2, sync: true }) : pino.destination({ dest: options.file, sync: true, mkdir: true })
  // A log that can't be written, say on a full disk, loses lines; it never ends the process.
  destination.on('error', () => {})
  const base = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  )
  return wrap({}, (level, message, fields) => {
    base[level]({ ...fields, ...(fields.error === undefined ? {} : { error: describe(fields.error) }) }, message)
  })
}

/** Writes to `log`, and hands each entry to `sink` too, whatever the level that `log` keeps, e.g. to the telemetry kit. */
export function teeLogger(log: Logger, sink: (entry: LogEntry) => void): Logger {
  return wrap({}, (level, message, fields) => {
    log[level](message, fields)
    sink({ level, message, at: new Date(), fields })
  })
}

/** Says nothing. For tests. */
export const silentLogger: Logger = wrap({}, () => {})

function wrap(context: LogFields, write: (level: Level, message: string, fields: LogFields) => void): Logger {
  const at =
    (level: Level) =>
    (message: string, fields: LogFields = {}) =>
      write(level, message, { ...context, ...fields })
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), with: (fields) => wrap({ ...context, ...fields }, write) }
}

function describe(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error)
  return {
    ...(isFault(error) ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  }
}
