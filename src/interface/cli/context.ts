import type { Client } from '#contract'
import { connect, type Connection, type ConnectionSources } from './connection.ts'
import { CliError, EXIT } from './exit.ts'
import type { OfflineTools } from './offline.ts'
import type { Format, Terminal } from './terminal.ts'

/** What every command gets: the terminal, and the platform once it is needed. */
export interface CliContext {
  terminal: Terminal
  sources: ConnectionSources
  now: () => Date
  client(): Promise<Client>
  connection(): Promise<Connection>
  /** What needs no platform. */
  offline(): Promise<OfflineTools>
  /** Ends the process with this code after the command. */
  exitWith(code: number): void
}

export function createContext(options: {
  terminal: Terminal
  sources: ConnectionSources
  exitWith: (code: number) => void
  offline: () => Promise<OfflineTools>
}): CliContext {
  let found: Promise<Connection> | undefined
  const connection = (): Promise<Connection> => (found ??= connect(options.sources))
  return { ...options, now: () => new Date(), connection, client: async () => (await connection()).client }
}

/** Reads `-o`. @throws CliError for an unknown form. */
export function formatOf(options: { output?: string }): Format {
  const format = options.output ?? 'table'
  if (format === 'table' || format === 'json' || format === 'yaml') return format
  throw new CliError(`-o takes table, json or yaml, not "${format}"`, EXIT.usage)
}
