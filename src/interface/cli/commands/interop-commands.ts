import { glob, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text as streamText } from 'node:stream/consumers'
import type { Command } from 'commander'
import pc from 'picocolors'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { printValue, tableText } from '../terminal.ts'

const FORMATS = ['backstage', 'port', 'cortex'] as const
type Format = (typeof FORMATS)[number]
interface Loss {
  path: string
  field: string
  effect: string
  reason: string
}
interface Taken {
  entities: { ref: string; change: string; needsReview: boolean }[]
  losses: Loss[]
  problems: { field: string; message: string; file?: string | undefined; line?: number | undefined; column?: number | undefined }[]
  repository: string | null
  commit: string | null
  pullRequest: { repository: string; number: number; url: string } | null
}

/** How many losses a terminal shows; all of them are in `-o json`. */
const SHOWN_LOSSES = 30

/** `fairway import|export FORMAT`, `fairway adopt backstage URL`. */
export function addInteropCommands(program: Command, context: CliContext): void {
  program
    .command('import <format> <file...>')
    .description('take over files of backstage, port or cortex; folders and globs count')
    .option('--dry-run', 'say what would come and what would be lost; write nothing')
    .option('--repository <owner/name>', 'where entities go', 'fairway/imported')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (format: string, targets: string[], options: { dryRun?: boolean; repository: string; output?: string }) => {
      const files = await readFiles(targets)
      const client = await context.client()
      const taken = await client.call('imports.create', {
        body: { format: asFormat(format), files, dryRun: options.dryRun === true, repository: options.repository },
      })
      report(context, taken, options)
    })

  program
    .command('export <format>')
    .description('write the catalog as files of backstage, port or cortex')
    .option('--out <folder>', 'where to write; otherwise the list of files is shown')
    .option('--filter <filter...>', 'which entities, e.g. kind=component,spec.type=service; several are alternatives')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (format: string, options: { out?: string; filter?: string[]; output?: string }) => {
      const client = await context.client()
      const { files, losses } = await client.call('exports.get', {
        params: { format: asFormat(format) },
        query: options.filter === undefined ? {} : { filter: options.filter },
      })
      if (options.out !== undefined) await writeFiles(options.out, files)
      const form = formatOf(options)
      if (form !== 'table') return printValue(context.terminal, form, { files, losses })
      context.terminal.out(
        tableText(
          ['file', 'bytes'],
          files.map((file) => [options.out === undefined ? file.path : path.join(options.out, file.path), String(Buffer.byteLength(file.text))]),
        ),
      )
      reportLosses(context, losses)
    })

  program
    .command('adopt <tool> <url>')
    .description('take over a running catalog: `adopt backstage https://backstage.example.com`')
    .option('--token-file <file>', 'file with a token that may read the catalog; - reads standard input')
    .option('--dry-run', 'say what would come; write nothing')
    .option('--repository <owner/name>', 'where copied entities go', 'fairway/imported')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (tool: string, url: string, options: { tokenFile?: string; dryRun?: boolean; repository: string; output?: string }) => {
      if (tool !== 'backstage') throw new CliError(`adopt takes backstage, not "${tool}"; files of other tools are taken by import`, EXIT.usage)
      const token = options.tokenFile === undefined ? undefined : await readToken(options.tokenFile)
      const client = await context.client()
      const body = { url, dryRun: options.dryRun === true, repository: options.repository, ...(token === undefined ? {} : { token }) }
      const adopted = await client.call('adoptions.create', { body })
      if (formatOf(options) === 'table') {
        const added = adopted.locations.filter((location) => location.outcome === 'added')
        context.terminal.out(
          `${adopted.total} entities there; ${added.length} of ${adopted.locations.length} addresses ${options.dryRun === true ? 'would become' : 'became'} locations`,
        )
      }
      report(context, adopted, options)
    })
}

function report(context: CliContext, taken: Taken, options: { dryRun?: boolean; output?: string }): void {
  const form = formatOf(options)
  if (form !== 'table') return printValue(context.terminal, form, taken)
  const { terminal } = context
  if (taken.entities.length > 0)
    terminal.out(
      tableText(
        ['entity', 'change', 'where'],
        taken.entities.map((entity) => [
          entity.ref,
          entity.change,
          entity.change === 'conflict' ? 'left out' : entity.needsReview ? 'for review' : (taken.repository ?? 'repository'),
        ]),
      ),
    )
  for (const problem of taken.problems)
    terminal.note(`${problem.file ?? ''}:${problem.line ?? 1}:${problem.column ?? 1}: ${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`)
  reportLosses(context, taken.losses)
  if (options.dryRun === true) return terminal.note('nothing was written')
  if (taken.commit !== null) terminal.note(`${pc.green('done')}: committed ${taken.commit.slice(0, 8)} to ${taken.repository ?? ''}`)
  if (taken.pullRequest !== null) terminal.note(`people, templates and types wait for a review: ${taken.pullRequest.url}`)
}

function reportLosses({ terminal }: CliContext, losses: readonly Loss[]): void {
  if (losses.length === 0) return terminal.note('nothing was lost')
  terminal.note(`${losses.length} ${losses.length === 1 ? 'thing does' : 'things do'} not come through as they were:`)
  for (const loss of losses.slice(0, SHOWN_LOSSES))
    terminal.note(`  ${loss.effect.padEnd(12)} ${loss.path}${loss.field === '' ? '' : ` ${loss.field}`}: ${loss.reason}`)
  if (losses.length > SHOWN_LOSSES) terminal.note(pc.dim(`  and ${losses.length - SHOWN_LOSSES} more; see them all with -o json`))
}

function asFormat(text: string): Format {
  const found = FORMATS.find((format) => format === text)
  if (!found) throw new CliError(`there is no format "${text}"; known are ${FORMATS.join(', ')}`, EXIT.usage)
  return found
}

const IS_READ = /\.(?:ya?ml|json)$/i

async function readFiles(targets: readonly string[]): Promise<{ path: string; text: string }[]> {
  const files = new Map<string, string>()
  for (const target of targets) {
    const found = await stat(target).catch(() => undefined)
    const names = found?.isDirectory() === true ? await below(target) : found ? [target] : await matching(target)
    if (names.length === 0) throw new CliError(`${target} names no YAML or JSON file`, EXIT.usage)
    for (const name of names) files.set(name, await readFile(name, 'utf8'))
  }
  return [...files].map(([name, text]) => ({ path: name, text }))
}

async function below(folder: string): Promise<string[]> {
  const names: string[] = []
  for await (const name of glob('**/{*,.*}', { cwd: folder }))
    if (IS_READ.test(name) && !name.split(path.sep).includes('node_modules')) names.push(path.join(folder, name))
  return names.sort()
}

async function matching(pattern: string): Promise<string[]> {
  const names: string[] = []
  for await (const name of glob(pattern)) if (IS_READ.test(name)) names.push(name)
  return names.sort()
}

async function writeFiles(folder: string, files: readonly { path: string; text: string }[]): Promise<void> {
  for (const file of files) {
    const target = path.join(folder, file.path)
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, file.text)
  }
}

async function readToken(file: string): Promise<string> {
  const text = await (file === '-' ? streamText(process.stdin) : readFile(file, 'utf8')).catch((error: unknown) => {
    throw new CliError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`, EXIT.usage)
  })
  return text.trim()
}
