import { Command, CommanderError } from 'commander'
import pc from 'picocolors'
import { ApiProblem } from '#contract'
import { addCatalogCommands } from './commands/catalog-commands.ts'
import { addCampaignCommands } from './commands/campaign-commands.ts'
import { addChangeCommands } from './commands/change-commands.ts'
import { addCreateCommand } from './commands/create-command.ts'
import { addDoctorCommand } from './commands/doctor-command.ts'
import { addGetCommand } from './commands/get-command.ts'
import { addEntityCommands } from './commands/entity-commands.ts'
import { addGitHostCommands } from './commands/git-host-commands.ts'
import { addLocationCommands } from './commands/location-commands.ts'
import { addInteropCommands } from './commands/interop-commands.ts'
import { addLogsCommand } from './commands/logs-command.ts'
import { addPullRequestCommands } from './commands/pull-request-commands.ts'
import { addSessionCommands } from './commands/session-commands.ts'
import { addStatusCommand } from './commands/status-command.ts'
import { addTemplatesCommand } from './commands/templates-command.ts'
import { addTokenCommands } from './commands/token-commands.ts'
import type { ConnectionSources } from './connection.ts'
import { createContext } from './context.ts'
import { CliError, EXIT, exitCodeOfStatus } from './exit.ts'
import type { OfflineTools } from './offline.ts'
import { processTerminal, type Terminal } from './terminal.ts'

/** Runs one command line. @returns the exit code: 0 done, 1 failed, 2 wrong usage, 3 waits for an approval, 4 denied. */
export async function runCli(options: {
  argv: readonly string[]
  sources: ConnectionSources
  version: string
  offline: () => Promise<OfflineTools>
  terminal?: Terminal
}): Promise<number> {
  const terminal = options.terminal ?? processTerminal
  let exitCode: number = EXIT.done
  const context = createContext({ terminal, sources: options.sources, offline: options.offline, exitWith: (code) => (exitCode = code) })
  const program = new Command('fairway')
    .description('Fairway: from a golden path to production')
    .version(options.version)
    .configureOutput({ writeOut: (text) => terminal.out(text.trimEnd()), writeErr: (text) => terminal.note(text.trimEnd()) })
    .exitOverride()
    .showHelpAfterError('(see --help)')
  addCreateCommand(program, context)
  addTemplatesCommand(program, context)
  addChangeCommands(program, context)
  addCampaignCommands(program, context)
  addInteropCommands(program, context)
  addStatusCommand(program, context)
  addLogsCommand(program, context)
  addGetCommand(program, context)
  addCatalogCommands(program, context)
  addEntityCommands(program, context)
  addLocationCommands(program, context)
  addGitHostCommands(program, context)
  addPullRequestCommands(program, context)
  addSessionCommands(program, context)
  addTokenCommands(program, context)
  addDoctorCommand(program, context)
  for (const command of program.commands) inheritSettings(command)
  try {
    await program.parseAsync([...options.argv], { from: 'user' })
    return exitCode
  } catch (error) {
    return explain(terminal, error)
  }
}

function inheritSettings(command: Command): void {
  command.exitOverride().showHelpAfterError('(see --help)')
  for (const child of command.commands) inheritSettings(child)
}

function explain(terminal: Terminal, error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (error instanceof CliError) {
    terminal.note(`${pc.red('fairway:')} ${error.message}`)
    return error.exitCode
  }
  if (error instanceof ApiProblem) {
    terminal.note(`${pc.red('fairway:')} ${error.message}`)
    for (const fault of error.errors) {
      const place = fault.file === undefined ? '' : `${fault.file}:${fault.line ?? 1}:${fault.column ?? 1}: `
      terminal.note(`  ${place}${fault.field === '' ? '' : `${fault.field}: `}${fault.message}`)
    }
    terminal.note(pc.dim(`  ${error.code}${error.requestId === '' ? '' : `, request ${error.requestId}`}`))
    return exitCodeOfStatus(error.status)
  }
  terminal.note(`${pc.red('fairway:')} ${error instanceof Error ? error.message : String(error)}`)
  return EXIT.failed
}
