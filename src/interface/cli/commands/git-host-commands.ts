import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { printRows } from '../terminal.ts'

/** `fairway git-hosts …`: Git hosts of others, which GitHost documents of the organisation repository declare. */
export function addGitHostCommands(program: Command, context: CliContext): void {
  const hosts = program.command('git-hosts').description('Git hosts that the platform reads from and writes to')

  hosts
    .command('list')
    .description('list the Git hosts, the built-in one first')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (options: { output?: string }) => {
      const client = await context.client()
      const { items } = await client.call('gitHosts.list', {})
      printRows(
        context.terminal,
        formatOf(options),
        items,
        [
          { title: 'name', value: (host) => (host.name === '' ? '(built in)' : host.name) },
          { title: 'type', value: (host) => host.type },
          { title: 'url', value: (host) => host.url },
          { title: 'organisations', value: (host) => host.organisations.join(', ') },
        ],
        '',
      )
    })

  hosts
    .command('token <host>')
    .description('keep the token for a host; it is read from standard input')
    .action(async (name: string) => {
      const client = await context.client()
      const token = (await text(process.stdin)).trim()
      if (token === '') throw new CliError('give the token on standard input: fairway git-hosts token github.com < token.txt', EXIT.usage)
      await client.call('gitHosts.writeToken', { params: { name }, body: { token } })
      const { isGood, detail } = await client.call('gitHosts.check', { params: { name } })
      context.terminal.out(`${name}: ${detail}`)
      if (!isGood) context.exitWith(EXIT.failed)
    })

  hosts
    .command('webhook <host> <target>')
    .description('make a host tell the platform of pushes: to an organisation (acme) or a repository (acme/orders)')
    .option('--organisation', 'the target is an organisation or group, also when it has a slash')
    .action(async (name: string, target: string, options: { organisation?: boolean }) => {
      const client = await context.client()
      const at = options.organisation === true ? -1 : target.lastIndexOf('/')
      const body = at === -1 ? { owner: target } : { owner: target.slice(0, at), repository: target.slice(at + 1) }
      await client.call('gitHosts.ensureWebhook', { params: { name }, body })
      context.terminal.out(`${name} tells the platform of pushes to ${target}`)
    })
}
