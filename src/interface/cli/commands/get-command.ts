import type { Command } from 'commander'
import type { Client } from '#contract'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { ageText, printRows, printValue, stateText, type Column } from '../terminal.ts'

/** A kind of thing that `get` knows beside the catalog's kinds. */
interface Resource<Row> {
  names: readonly string[]
  list: (client: Client, options: GetOptions) => Promise<readonly Row[]>
  get?: (client: Client, name: string) => Promise<unknown>
  columns: (now: Date) => readonly Column<Row>[]
}

interface GetOptions {
  output?: string
  component?: string
  environment?: string
  limit?: string
}

function resource<Row>(description: Resource<Row>): Resource<unknown> {
  return description as Resource<unknown>
}

const RESOURCES: readonly Resource<unknown>[] = [
  resource({
    names: ['changes', 'change'],
    list: async (client, options) => (await client.call('changes.list', { query: { ...filter(options), limit: limitOf(options) } })).items,
    get: async (client, id) => await client.call('changes.get', { params: { id } }),
    columns: (now) => [
      { title: 'change', value: (row) => row.id },
      { title: 'what', value: (row) => row.title },
      { title: 'state', value: (row) => stateText(row.state) },
      { title: 'by', value: (row) => row.requestedBy },
      { title: 'when', value: (row) => ageText(row.requestedAt, now) },
    ],
  }),
  resource({
    names: ['runs', 'run'],
    list: async (client, options) =>
      (await client.call('runs.list', { query: { ...(options.component === undefined ? {} : { component: options.component }), limit: limitOf(options) } }))
        .items,
    get: async (client, id) => await client.call('runs.get', { params: { id } }),
    columns: (now) => [
      { title: 'run', value: (row) => row.id },
      { title: 'repository', value: (row) => row.repository },
      { title: 'commit', value: (row) => `${row.commit.slice(0, 8)} ${row.commitMessage.split('\n')[0]?.slice(0, 50) ?? ''}` },
      { title: 'state', value: (row) => stateText(row.conclusion ?? row.state) },
      { title: 'when', value: (row) => ageText(row.createdAt, now) },
    ],
  }),
  resource({
    names: ['releases', 'release'],
    list: async (client, options) =>
      (await client.call('releases.list', { query: { ...(options.component === undefined ? {} : { component: options.component }), limit: limitOf(options) } }))
        .items,
    get: async (client, id) => await client.call('releases.get', { params: { id } }),
    columns: (now) => [
      { title: 'release', value: (row) => row.id },
      { title: 'component', value: (row) => row.component },
      { title: 'version', value: (row) => `v${row.version}${row.quarantine ? ' (quarantined)' : ''}` },
      { title: 'commit', value: (row) => row.commit.slice(0, 8) },
      { title: 'when', value: (row) => ageText(row.createdAt, now) },
    ],
  }),
  resource({
    names: ['environments', 'environment', 'envs', 'env'],
    list: async (client) => (await client.call('environments.list', {})).items,
    columns: () => [
      { title: 'environment', value: (row) => row.name },
      { title: 'rollout', value: (row) => row.rollout.strategy },
      { title: 'approval', value: (row) => (row.approval ? `${row.approval.required} by ${row.approval.groups.join(', ') || 'anybody else'}` : 'none') },
      { title: 'runtime', value: (row) => row.runtime },
      { title: 'account', value: (row) => row.account },
      { title: 'region', value: (row) => row.region },
    ],
  }),
  resource({
    names: ['workloads', 'workload'],
    list: async (client, options) => (await client.call('workloads.list', { query: filter(options) })).items,
    columns: () => [
      { title: 'component', value: (row) => row.ref.component },
      { title: 'environment', value: (row) => row.ref.environment },
      { title: 'version', value: (row) => `v${row.version}` },
      { title: 'state', value: (row) => stateText(row.state) },
      { title: 'ready', value: (row) => `${row.readyReplicas}/${row.desiredReplicas}` },
      { title: 'message', value: (row) => row.message },
    ],
  }),
  resource({
    names: ['repositories', 'repository', 'repos', 'repo'],
    list: async (client) => (await client.call('repositories.list', {})).items,
    columns: () => [
      { title: 'repository', value: (row) => `${row.owner}/${row.name}` },
      { title: 'branch', value: (row) => row.defaultBranch },
      { title: 'clone', value: (row) => row.cloneUrl },
    ],
  }),
  resource({
    names: ['templates', 'template'],
    list: async (client) => (await client.call('templates.list', {})).items,
    columns: () => [
      { title: 'template', value: (row) => row.name },
      { title: 'title', value: (row) => row.title },
      { title: 'owner', value: (row) => row.owner ?? '' },
    ],
  }),
  resource({
    names: ['entities', 'entity'],
    list: async (client, options) => (await client.call('entities.list', { query: { limit: limitOf(options) } })).items,
    columns: () => [
      { title: 'entity', value: (row) => `${row.kind}:${row.metadata.namespace ?? 'default'}/${row.metadata.name}`.toLowerCase() },
      { title: 'title', value: (row) => row.metadata.title ?? '' },
      { title: 'owner', value: (row) => (row.spec as { owner?: string } | undefined)?.owner ?? '' },
    ],
  }),
  resource({
    names: ['slos', 'slo'],
    list: async (client, options) => (await client.call('slos.list', { query: options.component === undefined ? {} : { component: options.component } })).items,
    columns: () => [
      { title: 'slo', value: (row) => row.name },
      { title: 'component', value: (row) => row.component },
      { title: 'environment', value: (row) => row.environment },
      { title: 'target', value: (row) => `${(row.target * 100).toFixed(2)} %` },
      { title: 'state', value: (row) => stateText(row.state) },
    ],
  }),
  resource({
    names: ['resources', 'resource-instances'],
    list: async (client, options) => (await client.call('resources.list', { query: filter(options) })).items,
    columns: () => [
      { title: 'resource', value: (row) => row.id },
      { title: 'recipe', value: (row) => row.recipe },
      { title: 'state', value: (row) => stateText(row.status) },
    ],
  }),
]

/** Lists of their own whose members are entities: one by one they are read from the catalog. */
const KINDS_TOO = new Set(['environment', 'template', 'slo'])

/** `fairway get KIND [NAME]`: anything that the platform knows. */
export function addGetCommand(program: Command, context: CliContext): void {
  program
    .command('get <kind> [name]')
    .description(`read things: ${RESOURCES.map((known) => known.names[0]).join(', ')}, or any kind of the catalog`)
    .option('-c, --component <name>')
    .option('-e, --environment <name>')
    .option('--limit <count>', 'how many at most', '50')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (kind: string, name: string | undefined, options: GetOptions) => {
      const client = await context.client()
      const format = formatOf(options)
      const known = RESOURCES.find((candidate) => candidate.names.includes(kind.toLowerCase()))
      if (!known) return await getEntities(context, client, kind, name, options)
      if (name === undefined) return printRows(context.terminal, format, await known.list(client, options), known.columns(context.now()), `no ${kind} yet`)
      if (!known.get && KINDS_TOO.has(known.names[1] ?? '')) return await getEntities(context, client, kind, name, options)
      if (!known.get) throw new CliError(`${kind} are listed, not read one by one: leave out "${name}"`, EXIT.usage)
      printValue(context.terminal, format === 'table' ? 'yaml' : format, await known.get(client, name))
    })
}

async function getEntities(context: CliContext, client: Client, kind: string, name: string | undefined, options: GetOptions): Promise<void> {
  const format = formatOf(options)
  const singular = kind.toLowerCase().replace(/ies$/, 'y').replace(/s$/, '')
  if (name !== undefined) {
    const [namespace, short] = name.includes('/') ? name.split('/', 2) : ['default', name]
    const found = await client.call('entities.get', { params: { kind: singular, namespace: namespace ?? 'default', name: short ?? '' } })
    return printValue(context.terminal, format === 'table' ? 'yaml' : format, found)
  }
  const { items } = await client.call('entities.list', { query: { kind: singular, limit: limitOf(options) } })
  const columns: Column<{ metadata: { name: string; title?: string | undefined }; spec?: unknown }>[] = [
    { title: 'name', value: (entity) => entity.metadata.name },
    { title: 'title', value: (entity) => entity.metadata.title ?? '' },
    { title: 'owner', value: (entity) => (entity.spec as { owner?: string } | undefined)?.owner ?? '' },
  ]
  printRows(context.terminal, format, items as never[], columns as never[], `the catalog has no ${singular}`)
}

function filter(options: GetOptions): { component?: string; environment?: string } {
  return {
    ...(options.component === undefined ? {} : { component: options.component }),
    ...(options.environment === undefined ? {} : { environment: options.environment }),
  }
}

function limitOf(options: GetOptions): number {
  const limit = Number(options.limit ?? 50)
  if (!Number.isInteger(limit) || limit < 1 || limit > 200) throw new CliError('--limit takes 1 to 200', EXIT.usage)
  return limit
}
