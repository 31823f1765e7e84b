import type { Command } from 'commander'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { ageText, printRows, printValue, stateText, type Column } from '../terminal.ts'

interface Output {
  output?: string
}

interface PullRequest {
  number: number
  title: string
  state: string
  sourceBranch: string
  targetBranch: string
  author: string
  updatedAt: string
}

/** `fairway pr list|show|open|merge|close REPOSITORY [NUMBER]` */
export function addPullRequestCommands(program: Command, context: CliContext): void {
  const group = program.command('pr').description('pull requests of the built-in Git host')
  const output = ['-o, --output <form>', 'table, json or yaml'] as const

  group
    .command('list <repository>')
    .description('list pull requests, the newest first')
    .option('--state <state>', 'open, merged, closed or all', 'open')
    .option('--limit <count>', 'how many at most, 1 to 100', '50')
    .option(...output)
    .action(async (repository: string, options: Output & { state: string; limit: string }) => {
      const client = await context.client()
      const { items } = await client.call('pullRequests.list', {
        params: namesOf(repository),
        query: { ...stateOf(options.state), limit: Number(options.limit) },
      })
      printRows(context.terminal, formatOf(options), items, columns(context.now()), `"${repository}" has no pull request that is ${options.state}`)
    })

  group
    .command('show <repository> <number>')
    .description('show a pull request, its checks and what it alters')
    .option('--patch', 'with every line that it alters')
    .option(...output)
    .action(async (repository: string, number: string, options: Output & { patch?: boolean }) => {
      const client = await context.client()
      const params = { ...namesOf(repository), number: numberOf(number) }
      const [pull, diff] = [await client.call('pullRequests.get', { params }), await client.call('pullRequests.diff', { params })]
      const format = formatOf(options)
      if (format !== 'table') return printValue(context.terminal, format, { ...pull, files: diff.files })
      context.terminal.out(line(pull))
      context.terminal.out(`  ${pull.sourceBranch} -> ${pull.targetBranch} at ${pull.headSha.slice(0, 8)}, by ${pull.author}${mergeText(pull.isMergeable)}`)
      if (pull.body.trim() !== '') context.terminal.out(`\n${pull.body.trim()}\n`)
      for (const check of pull.checks) context.terminal.out(`  ${stateText(check.conclusion ?? check.state)} ${check.name} (${check.event}) ${check.id}`)
      for (const file of diff.files) {
        context.terminal.out(`  ${file.status.padEnd(8)} ${file.previousPath === null ? '' : `${file.previousPath} -> `}${file.path}`)
        if (options.patch === true) context.terminal.out(file.patch ?? '  (binary or large)')
      }
      if (diff.isTruncated) context.terminal.note('there are more files: clone the repository to see them all')
    })

  group
    .command('open <repository>')
    .description('open a pull request; the one that is open for its branches is updated instead')
    .requiredOption('--from <branch>', 'what is to be merged')
    .option('--to <branch>', 'where to; the default branch unless told')
    .requiredOption('--title <text>')
    .option('--body <text>', 'why, in markdown', '')
    .option('--label <name...>')
    .option(...output)
    .action(async (repository: string, options: Output & { from: string; to?: string; title: string; body: string; label?: string[] }) => {
      const client = await context.client()
      const more = { ...(options.to === undefined ? {} : { targetBranch: options.to }), ...(options.label ? { labels: options.label } : {}) }
      const body = { title: options.title, body: options.body, sourceBranch: options.from, ...more }
      show(context, options, await client.call('pullRequests.create', { params: namesOf(repository), body }))
    })

  group
    .command('merge <repository> <number>')
    .description('merge a pull request')
    .option('--squash', 'as one commit')
    .option('--head <commit>', 'only when it is at this commit')
    .option('--message <text>', 'of the new commit')
    .option('--delete-branch', 'delete its branch afterwards')
    .option(...output)
    .action(async (repository: string, number: string, options: Output & { squash?: boolean; head?: string; message?: string; deleteBranch?: boolean }) => {
      const client = await context.client()
      const body = {
        method: options.squash === true ? ('squash' as const) : ('merge' as const),
        deleteBranch: options.deleteBranch === true,
        ...(options.head === undefined ? {} : { expectedHead: options.head }),
        ...(options.message === undefined ? {} : { message: options.message }),
      }
      show(context, options, await client.call('pullRequests.merge', { params: { ...namesOf(repository), number: numberOf(number) }, body }))
    })

  group
    .command('close <repository> <number>')
    .description('close a pull request without merging it')
    .option(...output)
    .action(async (repository: string, number: string, options: Output) => {
      const client = await context.client()
      show(context, options, await client.call('pullRequests.close', { params: { ...namesOf(repository), number: numberOf(number) } }))
    })
}

function show(context: CliContext, options: Output, pull: PullRequest): void {
  const format = formatOf(options)
  if (format === 'table') context.terminal.out(line(pull))
  else printValue(context.terminal, format, pull)
}

function line(pull: PullRequest): string {
  return `#${pull.number} ${stateText(pull.state)} ${pull.title}`
}

function mergeText(isMergeable: boolean | null): string {
  if (isMergeable === null) return ''
  return isMergeable ? ', can be merged' : ', conflicts with its target'
}

function columns(now: Date): readonly Column<PullRequest>[] {
  return [
    { title: 'number', value: (row) => `#${row.number}` },
    { title: 'title', value: (row) => row.title.slice(0, 70) },
    { title: 'state', value: (row) => stateText(row.state) },
    { title: 'branch', value: (row) => row.sourceBranch },
    { title: 'by', value: (row) => row.author },
    { title: 'when', value: (row) => ageText(row.updatedAt, now) },
  ]
}

function namesOf(repository: string): { owner: string; name: string } {
  const [owner = '', name = '', ...more] = repository.split('/')
  if (owner === '' || name === '' || more.length > 0) throw new CliError(`"${repository}" is no repository: write OWNER/NAME, e.g. acme/orders`, EXIT.usage)
  return { owner, name }
}

function numberOf(text: string): number {
  const number = Number(text.replace(/^#/, ''))
  if (!Number.isInteger(number) || number < 1) throw new CliError(`"${text}" is no number of a pull request`, EXIT.usage)
  return number
}

function stateOf(text: string): { state?: 'open' | 'merged' | 'closed' } {
  if (text === 'all') return {}
  if (text === 'open' || text === 'merged' || text === 'closed') return { state: text }
  throw new CliError('--state takes open, merged, closed or all', EXIT.usage)
}
