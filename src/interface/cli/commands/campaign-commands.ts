import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import pc from 'picocolors'
import { formatOf, type CliContext } from '../context.ts'
import { EXIT } from '../exit.ts'
import { ageText, printRows, printValue, tableText } from '../terminal.ts'

const POLL_MS = 500

/** `fairway campaign list|show|start|cancel`, `fairway children TEMPLATE`, `fairway eject COMPONENT`. */
export function addCampaignCommands(program: Command, context: CliContext): void {
  const campaign = program.command('campaign').description('bring what was made from a golden path up to its newest version')

  campaign
    .command('list')
    .description('campaigns, newest first')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (options: { output?: string }) => {
      const client = await context.client()
      const { items } = await client.call('campaigns.list', { query: { limit: 50 } })
      const now = context.now()
      printRows(
        context.terminal,
        formatOf(options),
        items,
        [
          { title: 'campaign', value: (row) => row.id },
          { title: 'title', value: (row) => row.title },
          { title: 'state', value: (row) => row.state },
          { title: 'open', value: (row) => String(row.counts.open) },
          { title: 'conflict', value: (row) => String(row.counts.conflict) },
          { title: 'merged', value: (row) => String(row.counts.merged) },
          { title: 'started', value: (row) => `${ageText(row.startedAt, now)} by ${row.startedBy}` },
        ],
        'no campaigns; start one with: fairway campaign start TEMPLATE',
      )
    })

  campaign
    .command('show <id>')
    .description('every child of a campaign, with its pull request')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (id: string, options: { output?: string }) => await show(context, id, options))

  campaign
    .command('start <template>')
    .description('propose the newest version of a template to what was made from it')
    .option('--only <component...>', 'these components alone')
    .option('--reason <text>', 'why; it stands in the log')
    .option('--dry-run', 'say what it would propose; propose nothing')
    .option('--no-wait', 'do not wait until all is proposed')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (name: string, options: { only?: string[]; reason?: string; dryRun?: boolean; wait?: boolean; output?: string }) => {
      const client = await context.client()
      const input = { template: templateRef(name), ...(options.only === undefined ? {} : { components: options.only }) }
      if (options.dryRun === true) return await preview(context, input, options)
      const { id } = await client.call(
        'campaigns.start',
        { body: { ...input, ...(options.reason === undefined ? {} : { reason: options.reason }) } },
        { idempotencyKey: randomUUID() },
      )
      if (options.wait === false) return context.terminal.out(id)
      await settled(context, id)
      await show(context, id, options)
    })

  campaign
    .command('cancel <id>')
    .description('stop it and close its open pull requests; what was merged stays')
    .option('--reason <text>', 'why')
    .action(async (id: string, options: { reason?: string }) => {
      const client = await context.client()
      const after = await client.call('campaigns.cancel', { params: { id }, body: options.reason === undefined ? {} : { reason: options.reason } })
      context.terminal.out(`${after.title}: ${after.state}; ${after.counts.closed} closed, ${after.counts.merged} merged`)
    })

  program
    .command('children <template>')
    .description('what was made from a golden path, and who is behind it')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (name: string, options: { output?: string }) => {
      const client = await context.client()
      const [, namespace = 'default', template = name] = /^template:([^/]+)\/(.+)$/.exec(templateRef(name)) ?? []
      const { items, version } = await client.call('templates.children', { params: { namespace, name: template } })
      printRows(
        context.terminal,
        formatOf(options),
        items,
        [
          { title: 'component', value: (row) => row.component },
          { title: 'repository', value: (row) => row.repository },
          { title: 'at', value: (row) => row.templateVersion },
          { title: 'state', value: (row) => (row.isEjected ? 'ejected' : row.isBehind ? `behind ${version}` : 'up to date') },
          { title: 'pull request', value: (row) => row.pullRequest?.url ?? '' },
        ],
        'nothing was made from it yet',
      )
    })

  program
    .command('eject <component>')
    .description('end that a component follows its golden path; --undo lets it follow again')
    .option('--reason <text>', 'why; it stands in the log', '')
    .option('--undo', 'follow it again')
    .action(async (component: string, options: { reason: string; undo?: boolean }) => {
      const client = await context.client()
      const [, namespace = 'default', name = component] = /^(?:component:)?([^/]+)\/(.+)$/.exec(component) ?? []
      const isUndone = options.undo === true
      await client.call(isUndone ? 'lineage.resume' : 'lineage.eject', { params: { namespace, name }, body: { reason: options.reason } })
      context.terminal.out(isUndone ? `${name} follows its golden path again` : `${name} follows its golden path no more; its files are its own`)
    })
}

const templateRef = (name: string): string => (name.includes(':') ? name : `template:${name.includes('/') ? name : `default/${name}`}`)

async function preview(context: CliContext, input: { template: string; components?: string[] }, options: { output?: string }): Promise<void> {
  const client = await context.client()
  const plan = await client.call('plans.create', { body: { kind: 'campaign', input } })
  const form = formatOf(options)
  if (form !== 'table') return printValue(context.terminal, form, plan)
  context.terminal.out(plan.summary)
  for (const action of plan.actions) {
    context.terminal.out(`\n${pc.bold(action.title)}`)
    for (const change of action.changes) context.terminal.out(`  ${change.path}: ${typeof change.after === 'string' ? change.after : ''}`)
  }
  context.terminal.note('nothing was proposed')
}

async function settled(context: CliContext, id: string): Promise<void> {
  const client = await context.client()
  for (;;) {
    const now = await client.call('campaigns.get', { params: { id } })
    if (now.finishedAt !== null) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function show(context: CliContext, id: string, options: { output?: string }): Promise<void> {
  const client = await context.client()
  const campaign = await client.call('campaigns.get', { params: { id } })
  if (campaign.state === 'failed' || campaign.state === 'cancelled') context.exitWith(EXIT.failed)
  const form = formatOf(options)
  if (form !== 'table') return printValue(context.terminal, form, campaign)
  const { terminal } = context
  terminal.out(`${pc.bold(campaign.title)}  ${campaign.state}${campaign.message === null ? '' : `: ${campaign.message}`}`)
  terminal.out(pc.dim(`${campaign.id}, started by ${campaign.startedBy}${campaign.summary === '' ? '' : `; ${campaign.summary}`}`))
  if (campaign.items.length === 0) return
  terminal.out('')
  terminal.out(
    tableText(
      ['component', 'state', 'pull request', ''],
      campaign.items.map((item) => [item.component, item.state, item.pullRequest?.url ?? '', item.message]),
    ),
  )
}
