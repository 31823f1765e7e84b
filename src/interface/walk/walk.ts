import type { Client } from '#contract'
import type { Change } from '../cli/change-view.ts'
import { followChange } from '../cli/follow-change.ts'
import { pushCommit, type Edit } from './commit.ts'
import { awaitRelease, deploy, secondsBetween, settle, userSecondsOfChange, userSecondsOfRun, type Delivery, type Release } from './deliver.ts'
import { actAs, type Person } from './people.ts'
import type { WalkProgress } from './progress.ts'
import type { StageReport, WalkReport } from './report.ts'
import { requestOnce, startUserTraffic, type TrafficTally } from './user-traffic.ts'
import { waitFor } from './wait-for.ts'

/** What the first walk needs. It goes through the public API alone; the administrator's client is the one of the credential file. */
export interface WalkOptions {
  administrator: Client
  ingressUrl: string
  progress: WalkProgress
  signal: AbortSignal
  /** Leave the production approvals to the reader. */
  hold: boolean
  /** Tells the reader that a change waits for them, with its address. */
  onHold: (change: Change) => void
}

const COMPONENT = 'orders'
/** Longer than a slow machine's hiccup. */
const LONGEST_GAP_MS = 5_000
const REPOSITORY = 'acme/orders'
const TEMPLATE = 'template:default/node-service-postgres'

const VERSION_2: readonly Edit[] = [
  { file: 'src/greeting.js', edit: (text) => text.replaceAll('Welcome, you are', 'Good to see you,') },
  { file: 'test/greeting.test.js', edit: (text) => text.replaceAll('Welcome, you are', 'Good to see you,') },
]
/** A bug that tests and quiet environments do not show: it needs the visitors that only production has. */
const VERSION_3: readonly Edit[] = [
  {
    file: 'src/greeting.js',
    edit: (text) => text.replace('  return ', "  if (visits > 40) throw new RangeError('there is no greeting for so many visitors')\n  return "),
  },
]

/**
 * Walks one service from a golden path to production, three versions long; the third is broken and is rolled back by its canary.
 * Each step looks first whether it is done, and asks under a key of its own: started again after a crash it goes on, and does nothing twice.
 * @throws Error that names the step and what to look at.
 */
export async function walk(options: WalkOptions): Promise<WalkReport> {
  const { administrator, progress, signal } = options
  const delivery: Delivery = { component: COMPONENT, repository: REPOSITORY, progress, signal }
  const stages: StageReport[] = []
  progress.begin('organisation', 'Load the starter organisation from Git')
  await waitFor('the starter organisation', async () => await organisationIsThere(administrator), { budgetMs: 60_000, signal })
  const developer = await actAs(administrator, 'user:default/ana', 'Ana')
  const approver = await actAs(administrator, 'user:default/ben', 'Ben')
  progress.end('done', 'teams, people, environments, recipes, policies, objectives')

  stages.push(await create(options, developer))
  const first = await headCommit(developer)
  await deliverVersion({ options, delivery, developer, approver, stages, version: '1', commit: first.sha })

  const second = await commitOnce(options, developer, 'Welcome people in the greeting', VERSION_2, '2')
  await deliverVersion({ options, delivery, developer, approver, stages, version: '2', commit: second })

  const third = await commitOnce(options, developer, 'Rework the greeting', VERSION_3, '3')
  await deliverVersion({ options, delivery, developer, approver, stages, version: '3', commit: third, isBroken: true })

  return await reportOf(options, developer, stages)
}

async function organisationIsThere(administrator: Client): Promise<true | undefined> {
  const environments = await administrator.call('environments.list', {})
  const templates = await administrator.call('templates.list', {})
  const names = new Set(environments.items.map((environment) => environment.name))
  return ['dev', 'staging', 'production'].every((name) => names.has(name)) && templates.items.some((template) => template.ref === TEMPLATE) ? true : undefined
}

async function create(options: WalkOptions, developer: Person): Promise<StageReport> {
  options.progress.begin('create', `Create ${COMPONENT} from the golden path "Node.js service with PostgreSQL"`)
  const values = { name: COMPONENT, owner: 'group:default/payments', description: 'Takes orders' }
  const started = await developer.client.call('creations.create', { body: { template: TEMPLATE, values } }, { idempotencyKey: `walk:create:${COMPONENT}` })
  const change = await followChange(developer.client, started.id, { signal: options.signal })
  if (change.state !== 'done') throw new Error(`${COMPONENT} was not created: ${change.result?.message ?? change.state}`)
  const seconds = secondsBetween(change.requestedAt, change.finishedAt)
  options.progress.end('done', `${REPOSITORY}: repository, pipeline, score.yaml, catalog entry`)
  return { service: COMPONENT, version: '1', stage: 'create', environment: null, url: null, outcome: 'created', seconds, platformSeconds: seconds }
}

async function headCommit(developer: Person): Promise<{ sha: string }> {
  const { items } = await developer.client.call('repositories.commits', { params: { owner: 'acme', name: COMPONENT }, query: { limit: 50 } })
  const oldest = items.at(-1)
  if (!oldest) throw new Error(`${REPOSITORY} has no commit`)
  return oldest
}

/** Pushes the edit of a version, unless a commit with its message is there already. */
async function commitOnce(options: WalkOptions, developer: Person, message: string, edits: readonly Edit[], version: string): Promise<string> {
  const { items } = await developer.client.call('repositories.commits', { params: { owner: 'acme', name: COMPONENT }, query: { limit: 50 } })
  const known = items.find((commit) => commit.message.trim() === message)
  options.progress.begin(`push-v${version}`, `Push version ${version} by plain git`)
  const commit =
    known?.sha ??
    (await pushCommit({ cloneUrl: `${options.administrator.baseUrl}/git/${REPOSITORY}.git`, token: developer.token, author: developer, message, edits }))
  options.progress.end(known ? 'already' : 'done', `${commit.slice(0, 8)} ${message}`)
  return commit
}

interface VersionDelivery {
  options: WalkOptions
  delivery: Delivery
  developer: Person
  approver: Person
  stages: StageReport[]
  version: string
  commit: string
  isBroken?: boolean
}

async function deliverVersion(walk: VersionDelivery): Promise<void> {
  const { options, delivery, developer, version } = walk
  options.progress.begin(`pipeline-v${version}`, `Pipeline of version ${version}: install, lint, test, scans, SBOM, build`)
  const { run, release, isFresh } = await awaitRelease(developer.client, delivery, walk.commit)
  options.progress.end(isFresh ? 'done' : 'already', `release v${release.version}, ${release.digest.slice(0, 19)}…, provenance signed`)
  const pipelineSeconds = secondsBetween(run.createdAt, release.createdAt)
  walk.stages.push({
    service: COMPONENT,
    version: `v${version}`,
    stage: 'pipeline',
    environment: null,
    url: null,
    outcome: 'built',
    seconds: pipelineSeconds,
    platformSeconds: Math.max(0, pipelineSeconds - userSecondsOfRun(run)),
  })
  for (const environment of ['dev', 'staging', 'production']) await deployVersion(walk, release, environment)
}

async function deployVersion(walk: VersionDelivery, release: Release, environment: string): Promise<void> {
  const { options, delivery, version } = walk
  // The broken version answers errors to users, which dev and staging have none of: the canary in production is what must see it.
  const expected = walk.isBroken === true && environment === 'production' ? 'rolled_back' : 'done'
  options.progress.begin(`deploy-v${version}-${environment}`, `Deploy version ${version} to ${environment}`)
  const change = await deployAndApprove(walk, release, environment)
  if (change.state !== expected)
    throw new Error(
      `version ${version} in ${environment} ended ${change.state.replaceAll('_', ' ')}, not ${expected.replaceAll('_', ' ')}: ${change.result?.message ?? ''} (change ${change.id})`,
    )
  const url = `http://${COMPONENT}.${environment}.localhost:${new URL(options.ingressUrl).port}/`
  const seconds = secondsBetween(change.requestedAt, change.finishedAt)
  options.progress.end('done', change.result?.message ?? '')
  walk.stages.push({
    service: delivery.component,
    version: `v${version}`,
    stage: environment,
    environment,
    url,
    outcome: expected === 'done' ? 'live' : 'rolled back',
    seconds,
    platformSeconds: Math.max(0, seconds - userSecondsOfChange(change)),
  })
}

async function deployAndApprove(walk: VersionDelivery, release: Release, environment: string): Promise<Change> {
  const { options, delivery, developer, version } = walk
  const host = `${COMPONENT}.${environment}.localhost`
  const asked = await deploy(developer.client, delivery, { environment, release, key: `walk:v${version}:${environment}` })
  const change = await settle(developer.client, delivery, asked)
  if (change.state !== 'waiting') return change
  // From the second version on there are users, and they are watched: they must never lose the version before.
  await using traffic = version === '1' ? undefined : startUserTraffic({ ingressUrl: options.ingressUrl, host })
  if (options.hold) options.onHold(change)
  else await walk.approver.client.call('changes.approve', { params: { id: change.id }, body: { planHash: change.planHash ?? '', comment: 'Looks right' } })
  const ended = await settle(developer.client, delivery, change, { throughWaiting: true })
  if (traffic) assertServed(traffic.tally, version)
  return ended
}

/** While a version rolls out, users go on being served, first of all by the version before. */
function assertServed(tally: TrafficTally, version: string): void {
  const isServedByOther = Object.keys(tally.served).some((served) => served !== version)
  if (isServedByOther && tally.longestGapMs <= LONGEST_GAP_MS) return
  throw new Error(`users were not served all the time while version ${version} rolled out: the longest gap was ${Math.round(tally.longestGapMs)} ms`)
}

async function reportOf(options: WalkOptions, developer: Person, stages: StageReport[]): Promise<WalkReport> {
  options.progress.begin('verify', 'Verify what users see')
  const matrix = await developer.client.call('environments.matrix', {})
  const row = matrix.rows.find((candidate) => candidate.component === COMPONENT)
  const environments: WalkReport['environments'] = []
  for (const environment of matrix.environments) {
    const cell = row?.cells[environment.name]
    if (!cell) throw new Error(`${COMPONENT} does not run in ${environment.name}`)
    environments.push({ service: COMPONENT, environment: environment.name, version: cell.version, url: cell.url ?? '' })
  }
  const production = environments.find((place) => place.environment === 'production')
  const answer = await requestOnce(new URL(options.ingressUrl), `${COMPONENT}.production.localhost`)
  if (production?.version !== '2' || answer.status !== 200 || answer.version !== '2')
    throw new Error(`production should serve version 2, but version ${production?.version} is current and version ${answer.version} answered ${answer.status}`)
  options.progress.end('done', `production answers ${answer.status} from version ${answer.version}`)
  const total = (pick: (stage: StageReport) => number): number => Math.round(stages.reduce((sum, stage) => sum + pick(stage), 0) * 100) / 100
  return {
    services: [{ name: COMPONENT, repository: REPOSITORY, versions: ['1', '2', '3'] }],
    environments,
    stages,
    urls: { portal: options.administrator.baseUrl, ingress: options.ingressUrl },
    seconds: total((stage) => stage.seconds),
    platformSeconds: total((stage) => stage.platformSeconds),
    isComplete: true,
  }
}
