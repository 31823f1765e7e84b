import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { parse } from 'yaml'
import type { Json } from '#contract'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { printValue, tableText } from '../terminal.ts'
import { follow } from './change-commands.ts'

interface CreateOptions {
  output?: string
  values?: string
  set: string[]
  name?: string
  owner?: string
  dryRun?: boolean
  wait?: boolean
}

/** `fairway create TEMPLATE`: a new thing from a golden path. */
export function addCreateCommand(program: Command, context: CliContext): void {
  program
    .command('create <template>')
    .description('create from a golden path, e.g. node-service-postgres')
    .option('--values <file>', 'YAML or JSON file with the parameters')
    .option('--set <key=value>', 'one parameter; may be given again', (value: string, all: string[]) => [...all, value], [])
    .option('--name <name>', 'short for --set name=…')
    .option('--owner <ref>', 'short for --set owner=…')
    .option('--dry-run', 'show the files and steps; creates nothing')
    .option('--no-wait', 'do not follow the change')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (name: string, options: CreateOptions) => {
      const client = await context.client()
      const template = name.includes(':') ? name : `template:default/${name}`
      const values = await valuesOf(options)
      if (options.dryRun === true) return await preview(context, template, values, options)
      await follow(context, client, await client.call('creations.create', { body: { template, values } }, { idempotencyKey: randomUUID() }), options)
    })
}

async function preview(context: CliContext, template: string, values: Record<string, Json>, options: CreateOptions): Promise<void> {
  const client = await context.client()
  const result = await client.call('creations.preview', { body: { template, values } })
  const format = formatOf(options)
  if (format !== 'table') printValue(context.terminal, format, result)
  else {
    context.terminal.out(
      tableText(
        ['step', 'action'],
        result.steps.map((step) => [step.name, step.action]),
      ),
    )
    context.terminal.out('')
    context.terminal.out(
      tableText(
        ['file', 'bytes'],
        result.files.map((file) => [file.path, String(file.content.length)]),
      ),
    )
  }
  for (const problem of result.problems) context.terminal.note(`${problem.field}: ${problem.message}`)
  if (result.problems.length > 0) context.exitWith(EXIT.usage)
}

async function valuesOf(options: CreateOptions): Promise<Record<string, Json>> {
  const fromFile = options.values === undefined ? {} : await readValues(options.values)
  const pairs = options.set.map((pair) => {
    const at = pair.indexOf('=')
    if (at < 1) throw new CliError(`--set takes key=value, not "${pair}"`, EXIT.usage)
    return [pair.slice(0, at), parsed(`--set ${pair.slice(0, at)}`, pair.slice(at + 1)) as Json]
  })
  return {
    ...fromFile,
    ...Object.fromEntries(pairs),
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.owner === undefined ? {} : { owner: options.owner }),
  }
}

async function readValues(file: string): Promise<Record<string, Json>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`, EXIT.usage)
  })
  const value = parsed(file, text)
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new CliError(`${file} holds no parameters: a map of names to values is wanted`, EXIT.usage)
  return value as Record<string, Json>
}

function parsed(where: string, text: string): unknown {
  try {
    return parse(text) as unknown
  } catch (error) {
    throw new CliError(`${where} is not YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`, EXIT.usage)
  }
}
