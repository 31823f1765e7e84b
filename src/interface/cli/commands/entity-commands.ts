import type { Command } from 'commander'
import pc from 'picocolors'
import type { Operations } from '#contract'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { ageText, printValue } from '../terminal.ts'

type HistoryItem = Operations['entities.history']['output']['items'][number]

/** `fairway explain REF [FIELD]` and `fairway history REF`: why an entity is as it is, and how it came about. */
export function addEntityCommands(program: Command, context: CliContext): void {
  program
    .command('explain <ref> [field]')
    .description('say why a field of an entity is as it is: file and line, who altered it last, and by what; e.g. explain orders spec.owner')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (ref: string, field: string | undefined, options: { output?: string }) => {
      const format = formatOf(options)
      const client = await context.client()
      const found = await client.call('entities.explain', { params: refOf(ref), query: { field: field ?? '' } })
      if (format !== 'table') return printValue(context.terminal, format, found)
      context.terminal.out(found.sentence)
      for (const { type, targetRef, declaredBy } of found.relations)
        context.terminal.out(`  ${type} ${targetRef}${declaredBy === found.ref ? '' : `  ${pc.dim(`declared by ${declaredBy}`)}`}`)
      for (const { field: at, message } of found.problems) context.terminal.out(`  ${pc.red('problem')} ${at === '' ? '' : `${at}: `}${message}`)
    })

  program
    .command('history <ref>')
    .description('list what happened to an entity, newest first, with the fields that were altered')
    .option('-n, --limit <count>', 'how many; 20 unless told', '20')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (ref: string, options: { limit: string; output?: string }) => {
      const format = formatOf(options)
      const limit = Number(options.limit)
      if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw new CliError(`--limit is a number from 1 to 200, not "${options.limit}"`, EXIT.usage)
      const client = await context.client()
      const { items } = await client.call('entities.history', { params: refOf(ref), query: { limit } })
      if (format !== 'table') return printValue(context.terminal, format, items)
      if (items.length === 0) context.terminal.note('nothing has happened to it since the platform keeps a history')
      for (const item of items) for (const line of historyLines(item, context.now())) context.terminal.out(line)
    })
}

function historyLines(item: HistoryItem, now: Date): string[] {
  const cause = item.changeId ?? (item.commit === null ? '' : item.commit.slice(0, 8))
  return [
    `${pc.bold(item.kind)} ${ageText(item.at, now)} by ${item.actor}${cause === '' ? '' : ` (${cause})`}`,
    ...item.fields.map(({ path, before, after }) => `  ${path}: ${sideText(before)} → ${sideText(after)}`),
  ]
}

function sideText(value: unknown): string {
  const text = value === null || value === undefined ? '–' : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** `orders`, `api:orders` or `component:default/orders`; a component unless told. */
function refOf(text: string): { kind: string; namespace: string; name: string } {
  const match = /^(?:([^:/]+):)?(?:([^:/]+)\/)?([^:/]+)$/.exec(text.trim())
  if (match?.[3] === undefined) throw new CliError(`"${text}" is no entity ref: write [kind:][namespace/]name`, EXIT.usage)
  return { kind: match[1] ?? 'component', namespace: match[2] ?? 'default', name: match[3] }
}
