import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { parse } from 'yaml'
import { ApiProblem, type Json } from '#contract'
import { parseSource } from '#kernel/common/document'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { previewText } from '../preview-text.ts'
import { printValue } from '../terminal.ts'
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
    .option('--dry-run', 'show what would be done, the tree and the differences; creates nothing')
    .option('--no-wait', 'do not follow the change')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (name: string, options: CreateOptions) => {
      const client = await context.client()
      const template = name.includes(':') ? name : `template:default/${name}`
      const values = await valuesOf(options)
      if (options.dryRun === true) return await preview(context, template, values, options)
      const change = await client.call('creations.create', { body: { template, values } }, { idempotencyKey: randomUUID() }).catch(async (error: unknown) => {
        throw await atTheField(error, options.values)
      })
      await follow(context, client, change, options)
    })
}

async function preview(context: CliContext, template: string, values: Record<string, Json>, options: CreateOptions): Promise<void> {
  const client = await context.client()
  const result = await client.call('creations.preview', { body: { template, values } })
  const format = formatOf(options)
  if (format !== 'table') printValue(context.terminal, format, result)
  else if (result.problems.length === 0) context.terminal.out(previewText(result))
  const place = options.values === undefined ? undefined : await valuePlaces(options.values)
  for (const problem of result.problems)
    context.terminal.note(`${place?.(problem.field) ?? ''}${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`)
  if (result.problems.length > 0) context.exitWith(EXIT.usage)
}

/** Wrong values are wrong usage, told at their lines. */
async function atTheField(error: unknown, file: string | undefined): Promise<unknown> {
  if (!(error instanceof ApiProblem) || error.code !== 'platform.scaffolder.values_invalid') return error
  const place = file === undefined ? undefined : await valuePlaces(file)
  return new CliError([error.message, ...error.errors.map((fault) => `  ${place?.(fault.field) ?? ''}${fault.field}: ${fault.message}`)].join('\n'), EXIT.usage)
}

/** Leads a field of the values, e.g. `values.name`, to its line in the file that gave it. */
async function valuePlaces(file: string): Promise<(field: string) => string | undefined> {
  const document = parseSource(file, await readFile(file, 'utf8')).documents[0]
  return (field) => {
    if (!document || !field.startsWith('values')) return undefined
    const path = field.split('.').slice(1)
    const { line, column } = document.locate(path)
    return `${file}:${line}:${column}: `
  }
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
