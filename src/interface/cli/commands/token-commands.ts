import type { Command } from 'commander'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { ageText, printRows, printValue } from '../terminal.ts'

const UNIT_SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 }

/** `90s`, `15m`, `1h`, `30d` in seconds. @throws CliError. */
export function ttlSeconds(text: string): number {
  const [, count, unit = ''] = /^(\d+)([smhdw])$/.exec(text) ?? []
  if (count === undefined) throw new CliError(`--ttl takes a number with s, m, h, d or w, such as 1h, not "${text}"`, EXIT.usage)
  return Number(count) * (UNIT_SECONDS[unit] ?? 1)
}

export function addTokenCommands(program: Command, context: CliContext): void {
  const token = program.command('token').description('API tokens')

  token
    .command('create')
    .description('make a token; it is printed once')
    .option('--name <name>', 'what it is for', 'cli')
    .option('--ttl <duration>', 'how long it lives, e.g. 1h or 30d', '1h')
    .option('--scope <pattern...>', 'what it may do, e.g. catalog:read or change:*', ['*'])
    .option('--subject <ref>', 'for whom; yourself unless you administer the platform')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (options: { name: string; ttl: string; scope: string[]; subject?: string; output?: string }) => {
      const client = await context.client()
      const scopes = options.scope.flatMap((scope) => scope.split(',')).filter((scope) => scope !== '')
      const made = await client.call('tokens.create', {
        body: { name: options.name, scopes, ttlSeconds: ttlSeconds(options.ttl), ...(options.subject === undefined ? {} : { subject: options.subject }) },
      })
      const format = formatOf(options)
      if (format !== 'table') return printValue(context.terminal, format, made)
      context.terminal.note(`token ${made.id} lives until ${made.expiresAt}; it is shown this once:`)
      context.terminal.out(made.token)
    })

  token
    .command('list')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (options: { output?: string }) => {
      const client = await context.client()
      const { items } = await client.call('tokens.list', {})
      const now = context.now()
      printRows(
        context.terminal,
        formatOf(options),
        items,
        [
          { title: 'token', value: (row) => row.id },
          { title: 'name', value: (row) => row.name },
          { title: 'scopes', value: (row) => row.scopes.join(' ') },
          { title: 'expires', value: (row) => (row.expiresAt === null ? 'never' : ageText(row.expiresAt, now)) },
        ],
        'no tokens',
      )
    })

  token.command('revoke <id>').action(async (id: string) => {
    const client = await context.client()
    await client.call('tokens.revoke', { params: { id } })
    context.terminal.out(`${id} is revoked`)
  })
}
