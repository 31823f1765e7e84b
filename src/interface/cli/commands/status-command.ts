import type { Command } from 'commander'
import pc from 'picocolors'
import { formatOf, type CliContext } from '../context.ts'
import { CliError } from '../exit.ts'
import { ageText, printValue, stateText, tableText } from '../terminal.ts'

/** `fairway status [COMPONENT]`: what runs where, and how it is. */
export function addStatusCommand(program: Command, context: CliContext): void {
  program
    .command('status [component]')
    .description('what runs where: version, health, traffic, change in flight')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (component: string | undefined, options: { output?: string }) => {
      const client = await context.client()
      const format = formatOf(options)
      const matrix = await client.call('environments.matrix', {})
      const rows = matrix.rows.filter((row) => component === undefined || row.component === component)
      if (component !== undefined && rows.length === 0)
        throw new CliError(`there is no component "${component}" in any environment; see \`fairway get components\``)
      if (format !== 'table') return printValue(context.terminal, format, component === undefined ? matrix : rows[0])
      if (rows.length === 0) return context.terminal.note('nothing is deployed yet: `fairway create node-service-postgres --name orders`')
      const lines = rows.flatMap((row) =>
        matrix.environments.map((environment) => {
          const cell = row.cells[environment.name]
          if (!cell) return [row.component, environment.name, pc.dim('nothing'), '', '', '']
          const split = cell.traffic.length > 1 ? ` (${cell.traffic.map((part) => `v${part.version} ${part.weight} %`).join(', ')})` : ''
          return [
            row.component,
            environment.name,
            cell.version === '' ? '-' : `v${cell.version}${split}`,
            stateText(cell.health),
            cell.deployedAt === '' ? '' : ageText(cell.deployedAt, context.now()),
            cell.activeChangeId === null ? (cell.url ?? '') : pc.blue(cell.activeChangeId),
          ]
        }),
      )
      context.terminal.out(tableText(['component', 'environment', 'version', 'health', 'since', 'where'], lines))
    })
}
