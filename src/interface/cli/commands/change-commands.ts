import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import type { Client } from '#contract'
import { changeLine, endingText, planText, type Change, type Plan } from '../change-view.ts'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT, exitCodeOfChange } from '../exit.ts'
import { followChange } from '../follow-change.ts'
import { printValue } from '../terminal.ts'

interface Common {
  output?: string
  wait?: boolean
  reason?: string
}

/** deploy, promote, rollback, plan, approve, reject, cancel: everything that is a Change. */
export function addChangeCommands(program: Command, context: CliContext): void {
  program
    .command('deploy <component>')
    .description('deploy a release into an environment')
    .requiredOption('-e, --environment <name>', 'where to')
    .option('-r, --release <version>', 'a version such as 2, or a release id; the newest that is not quarantined unless told')
    .option('--reason <text>', 'why, for the record')
    .option('--no-wait', 'do not follow the change')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (component: string, options: Common & { environment: string; release?: string }) => {
      const client = await context.client()
      const body = { component, environment: options.environment, ...releaseChoice(options.release), ...reasonOf(options) }
      await follow(context, client, await client.call('deployments.create', { body }, { idempotencyKey: randomUUID() }), options)
    })

  program
    .command('promote <component>')
    .description('bring what runs in one environment to the next')
    .option('--from <environment>', 'where it runs; the environment before --to unless told')
    .option('--to <environment>', 'where it goes; the environment after --from unless told')
    .option('--reason <text>', 'why, for the record')
    .option('--no-wait', 'do not follow the change')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (component: string, options: Common & { from?: string; to?: string }) => {
      const client = await context.client()
      const { from, to } = await promotionPath(client, options)
      await follow(
        context,
        client,
        await client.call('promotions.create', { body: { component, from, to, ...reasonOf(options) } }, { idempotencyKey: randomUUID() }),
        options,
      )
    })

  program
    .command('rollback <component>')
    .description('go back to the release before')
    .requiredOption('-e, --environment <name>', 'where')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--no-wait', 'do not follow the change')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (component: string, options: Common & { environment: string; reason: string }) => {
      const client = await context.client()
      const body = { component, environment: options.environment, reason: options.reason }
      await follow(context, client, await client.call('rollbacks.create', { body }, { idempotencyKey: randomUUID() }), options)
    })

  program
    .command('plan <component>')
    .description('show what a deployment would do; writes nothing')
    .requiredOption('-e, --environment <name>', 'where to')
    .option('-r, --release <version>', 'a version such as 2, or a release id')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (component: string, options: Common & { environment: string; release?: string }) => {
      const client = await context.client()
      const input = { component, environment: options.environment, ...releaseChoice(options.release) }
      const plan = await client.call('plans.create', { body: { kind: 'deploy', input } })
      const format = formatOf(options)
      if (format === 'table') context.terminal.out(planText(plan as Plan))
      else printValue(context.terminal, format, plan)
    })

  program
    .command('approve <change>')
    .description('approve exactly the plan that a change shows, by its hash')
    .option('--comment <text>')
    .option('--wait', 'follow the change to its end')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (id: string, options: Common & { comment?: string }) => {
      const client = await context.client()
      const change = await waitingChange(client, id)
      if (formatOf(options) === 'table' && change.plan) context.terminal.note(planText(change.plan))
      const approved = await client.call('changes.approve', {
        params: { id },
        body: { planHash: change.planHash ?? '', ...(options.comment === undefined ? {} : { comment: options.comment }) },
      })
      if (options.wait === true) return await follow(context, client, approved, options)
      show(context, approved, options)
    })

  program
    .command('reject <change>')
    .description('say no to a change that waits')
    .requiredOption('--reason <text>', 'why; the requester reads it')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (id: string, options: Common & { reason: string }) => {
      const client = await context.client()
      const change = await waitingChange(client, id)
      show(context, await client.call('changes.reject', { params: { id }, body: { planHash: change.planHash ?? '', reason: options.reason } }), options)
    })

  program
    .command('cancel <change>')
    .description('stop a change; what it has applied is rolled back')
    .option('--reason <text>')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (id: string, options: Common) => {
      const client = await context.client()
      show(context, await client.call('changes.cancel', { params: { id }, body: { ...reasonOf(options) } }), options)
    })
}

/** Follows a change with a line per step, then says how it ended; the exit code says it too. */
export async function follow(context: CliContext, client: Client, started: Change, options: Common): Promise<void> {
  const format = formatOf(options)
  if (options.wait === false) return show(context, started, options)
  if (format === 'table') context.terminal.note(changeLine(started))
  const told = new Set<string>()
  let hasPlan = false
  const change = await followChange(client, started.id, {
    onUpdate: (current) => {
      if (format !== 'table') return
      if (current.plan && !hasPlan) {
        hasPlan = true
        context.terminal.note(planText(current.plan))
      }
      for (const step of current.steps) {
        const key = `${step.phase} ${step.actionId} ${step.state}`
        if (step.state === 'pending' || told.has(key)) continue
        told.add(key)
        context.terminal.note(`  ${step.state.padEnd(8)} ${step.title}${step.message ? `: ${step.message}` : ''}`)
      }
    },
  })
  if (format === 'table') context.terminal.out(`${change.id} ${endingText(change)}`)
  else printValue(context.terminal, format, change)
  context.exitWith(exitCodeOfChange(change.state))
}

function show(context: CliContext, change: Change, options: Common): void {
  const format = formatOf(options)
  if (format === 'table') context.terminal.out(changeLine(change))
  else printValue(context.terminal, format, change)
}

async function waitingChange(client: Client, id: string): Promise<Change> {
  const change = await client.call('changes.get', { params: { id } })
  if (change.state !== 'waiting') throw new CliError(`${id} does not wait for anybody: it is ${change.state.replaceAll('_', ' ')}`)
  return change
}

async function promotionPath(client: Client, options: { from?: string; to?: string }): Promise<{ from: string; to: string }> {
  if (options.from !== undefined && options.to !== undefined) return { from: options.from, to: options.to }
  if (options.from === undefined && options.to === undefined) throw new CliError('say --from or --to', EXIT.usage)
  const names = (await client.call('environments.list', {})).items.toSorted((a, b) => a.order - b.order).map((environment) => environment.name)
  const known = options.from ?? options.to ?? ''
  const neighbour = names[names.indexOf(known) + (options.from === undefined ? -1 : 1)]
  if (!names.includes(known) || neighbour === undefined)
    throw new CliError(`there is no environment ${options.from === undefined ? 'before' : 'after'} "${known}"; there are: ${names.join(', ')}`, EXIT.usage)
  return options.from === undefined ? { from: neighbour, to: known } : { from: known, to: neighbour }
}

function releaseChoice(text: string | undefined): { release?: string; version?: string } {
  if (text === undefined) return {}
  const version = /^v?(\d+)$/.exec(text)?.[1]
  return version === undefined ? { release: text } : { version }
}

function reasonOf(options: { reason?: string }): { reason?: string } {
  return options.reason === undefined ? {} : { reason: options.reason }
}
