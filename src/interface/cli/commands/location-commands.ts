import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Client, Operations } from '#contract'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { ageText, printRows, printValue, stateText } from '../terminal.ts'

type Location = Operations['locations.get']['output']

/** `fairway locations …`: where the catalog's descriptors come from. */
export function addLocationCommands(program: Command, context: CliContext): void {
  const locations = program.command('locations').description('where descriptors come from: files, repositories, organisations, folders')

  locations
    .command('add <target>')
    .description('register a path, a glob, or the address of a file, a repository or an organisation')
    .option('--allow <kind...>', 'let it declare User, Group or Template, too (administrators only)')
    .option('--dry-run', 'show what it would give; nothing is kept')
    .option('--no-wait', 'do not wait until it was read')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (target: string, options: { allow?: string[]; dryRun?: boolean; wait: boolean; output?: string }) => {
      const format = formatOf(options)
      const client = await context.client()
      const body = { target: targetOf(target), ...(options.allow === undefined ? {} : { allow: options.allow.flatMap((kind) => kind.split(',')) }) }
      const made = await client.call('locations.create', { body: { ...body, ...(options.dryRun === true ? { dryRun: true } : {}) } })
      const location = options.dryRun === true || !options.wait ? made : await read(client, made)
      tell(context, format, location, options.dryRun === true ? 'would give' : 'gives')
      if (format === 'table' && options.dryRun === true) for (const entity of made.entities ?? []) context.terminal.out(`${entity.ref}  ${entity.file}`)
    })

  locations
    .command('list')
    .description('list what is registered')
    .option('--all', 'repositories of the built-in Git host, too: they are always read')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (options: { all?: boolean; output?: string }) => {
      const client = await context.client()
      const items = await listAll(client, options.all === true)
      const now = context.now()
      printRows(
        context.terminal,
        formatOf(options),
        items,
        [
          { title: 'target', value: (row) => row.target },
          { title: 'type', value: (row) => row.title.toLowerCase() },
          { title: 'state', value: (row) => stateText(row.state) },
          { title: 'entities', value: (row) => String(row.entityCount) },
          { title: 'read', value: (row) => (row.lastReadAt === null ? 'not yet' : ageText(row.lastReadAt, now)) },
          { title: 'problem', value: (row) => row.problems[0]?.message.slice(0, 80) ?? '' },
        ],
        'nothing is registered; repositories of the built-in Git host are read anyway (--all shows them)',
      )
    })

  locations
    .command('remove <target>')
    .description('take a location (by target or id) and its entities out of the catalog')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (target: string, options: { output?: string }) => {
      const format = formatOf(options)
      const client = await context.client()
      const found = await find(client, target)
      await client.call('locations.delete', { params: { id: found.id } })
      if (format !== 'table') return printValue(context.terminal, format, { removed: found })
      context.terminal.out(`${found.target} is removed, with ${entitiesText(found.entityCount)}`)
    })

  locations
    .command('refresh <target>')
    .description('have a location (by target or id) read now')
    .option('--no-wait', 'do not wait until it was read')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (target: string, options: { wait: boolean; output?: string }) => {
      const format = formatOf(options)
      const client = await context.client()
      const found = await find(client, target)
      const due = await client.call('locations.refresh', { params: { id: found.id } })
      tell(context, format, options.wait ? await read(client, due) : due, 'gives')
    })
}

/** A path as the platform takes it: whole. Addresses stay as they are. */
function targetOf(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text) || /^(?:url:|file:|git@)/.test(text)) return text
  if (text.startsWith('/') || text.startsWith('.') || /[*{[]/.test(text) || existsSync(text)) return path.resolve(text)
  // `github.com/acme/orders` is how people say it.
  return /^[\w-]+(?:\.[\w-]+)+\//.test(text) ? `https://${text}` : path.resolve(text)
}

async function listAll(client: Client, withBuiltIn: boolean): Promise<Location[]> {
  const items: Location[] = []
  let cursor: string | undefined
  do {
    const page: Operations['locations.list']['output'] = await client.call('locations.list', {
      query: { limit: 200, ...(withBuiltIn ? {} : { builtIn: 'false' as const }), ...(cursor === undefined ? {} : { cursor }) },
    })
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return items
}

async function find(client: Client, target: string): Promise<Location> {
  const items = await listAll(client, true)
  const wanted = targetOf(target)
  const found = items.find((item) => item.id === target || item.target === target || item.target === wanted)
  if (!found) throw new CliError(`there is no location "${target}"; \`fairway locations list\` shows them`, EXIT.failed)
  return found
}

/** Waits for the reading, a minute at most: a slow source goes on in the background. */
async function read(client: Client, location: Location): Promise<Location> {
  const deadline = Date.now() + 60_000
  let current = await client.call('locations.get', { params: { id: location.id } })
  while (current.state === 'reading' && Date.now() < deadline) {
    await setTimeout(200)
    current = await client.call('locations.get', { params: { id: location.id } })
  }
  return current
}

function tell(context: CliContext, format: 'table' | 'json' | 'yaml', location: Location, verb: string): void {
  if (location.state === 'failed') context.exitWith(EXIT.failed)
  if (format !== 'table') return printValue(context.terminal, format, location)
  context.terminal.out(`${location.target} (${location.title.toLowerCase()}) ${verb} ${entitiesText(location.entityCount)}: ${stateText(location.state)}`)
  for (const problem of location.problems) {
    const place = problem.file === undefined ? '' : `${problem.file}:${problem.line ?? 1}:${problem.column ?? 1}: `
    context.terminal.note(`  ${place}${problem.message}`)
  }
}

function entitiesText(count: number): string {
  return `${count} ${count === 1 ? 'entity' : 'entities'}`
}
