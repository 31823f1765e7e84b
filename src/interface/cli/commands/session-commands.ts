import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { ApiProblem, createClient } from '#contract'
import { forgetLogin, saveLogin } from '../connection.ts'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { printValue } from '../terminal.ts'

/** login, logout, whoami, login-link, open. */
export function addSessionCommands(program: Command, context: CliContext): void {
  program
    .command('login [url]')
    .description('use a platform elsewhere: reads a token from standard input and keeps it for this user alone')
    .action(async (url: string | undefined) => {
      const baseUrl = (url ?? context.sources.url ?? (await context.connection()).url).replace(/\/+$/, '')
      if (context.terminal.isInteractive) context.terminal.note(`Paste a token (make one at ${baseUrl}/settings), then Ctrl-D:`)
      const token = (await text(process.stdin)).trim()
      if (token === '') throw new CliError('no token on standard input: echo "$TOKEN" | fairway login URL', EXIT.usage)
      const me = await createClient({ baseUrl, token }).call('me.get', {})
      const file = await saveLogin(context.sources, { url: baseUrl, token })
      context.terminal.out(`signed in to ${baseUrl} as ${me.displayName} (${me.principal}); kept in ${file}`)
    })

  program
    .command('logout')
    .description('forget the saved login')
    .action(async () => {
      await forgetLogin(context.sources)
      context.terminal.out('forgotten')
    })

  program
    .command('whoami')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (options: { output?: string }) => {
      const { client, url, kind } = await context.connection()
      const me = await client.call('me.get', {})
      const format = formatOf(options)
      if (format !== 'table') return printValue(context.terminal, format, { ...me, url, credential: kind })
      context.terminal.out(`${me.displayName} (${me.principal}) at ${url}, by ${kind === 'local' ? "this machine's administrator credential" : kind}`)
      if (me.groups.length > 0) context.terminal.out(`groups: ${me.groups.join(', ')}`)
    })

  program
    .command('login-link [user]')
    .description('print a link that signs somebody in to the portal, once, within 15 minutes; yourself unless told')
    .action(async (user: string | undefined) => {
      const client = await context.client()
      const link = await client.call('loginLinks.create', { body: { user: user ?? (await client.call('me.get', {})).principal } })
      context.terminal.out(link.url)
    })

  program
    .command('open [what]')
    .description('print the address of a page, signed in when possible; e.g. orders, or a change id')
    .action(async (what: string | undefined) => {
      const { client, url } = await context.connection()
      context.terminal.out(await signedIn(client, `${url}${pageOf(what)}`, pageOf(what)))
    })
}

function pageOf(what: string | undefined): string {
  if (what === undefined) return '/'
  if (what.startsWith('chg_')) return `/changes/${what}`
  if (what.startsWith('run_')) return `/pipelines/${what}`
  return what.startsWith('rel_') ? `/releases/${what}` : `/components/${encodeURIComponent(what)}`
}

/** An administrator gets a one-time link that signs in and leads to the page; others the page itself. */
async function signedIn(client: ReturnType<typeof createClient>, address: string, page: string): Promise<string> {
  try {
    const me = await client.call('me.get', {})
    const link = await client.call('loginLinks.create', { body: { user: me.principal } })
    return page === '/' ? link.url : `${link.url}&next=${encodeURIComponent(page)}`
  } catch (error) {
    if (error instanceof ApiProblem && (error.status === 403 || error.status === 400)) return address
    throw error
  }
}
