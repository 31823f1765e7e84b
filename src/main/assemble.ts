import path from 'node:path'
import { sql } from 'kysely'
import { createAccounts } from '#cloud/account'
import { regionRoutes } from '#cloud/region'
import { childEnvironment } from '#kernel/node/config'
import { openApiOf, systemCaller, type Route } from '#kernel/node/http'
import { teeLogger } from '#kernel/node/log'
import { createTelemetry, type Telemetry } from '#kernel/node/telemetry'
import { gitHostsRoutes, startGitHost } from '#delivery/git-host'
import { createAccess, readDefaultPolicies, type Access } from '#platform/access'
import { createCatalog, GitHostSource, type Catalog } from '#platform/catalog'
import { createChanges, startChangeEngine, type ChangeEngine, type ChangeKind } from '#platform/change'
import type { Documentation } from '#platform/documentation'
import { createDeployKind, createDeployments } from '#platform/deployment'
import { createEnvironments } from '#platform/environment'
import { createEvents } from '#platform/event'
import { ADMINISTRATOR, createIdentity } from '#platform/identity'
import { createPolicies } from '#platform/policy'
import { createScaffolder, seedOrganisation } from '#platform/scaffolder'
import { createSecrets, Keyring } from '#platform/secret'
import { createViews } from '#platform/view'
import { createResources } from '#provisioning/resource'
import { createStates } from '#provisioning/state'
import { ingressApi, startIngress } from '#runtime/ingress'
import { ProcessRuntime, runtimeRoutes } from '#runtime/runtime'
import { ownerLookup } from './access-attributes.ts'
import { resourceDrivers, rolloutDrivers, volumesFolder } from './adapters.ts'
import { campaigns } from './campaigns.ts'
import { chaosPoint } from './chaos-point.ts'
import { createCatalogSources, TRUSTED_REPOSITORIES, type CatalogSources } from './catalog-sources.ts'
import { readComponents } from './components.ts'
import { createDelivery, type Delivery } from './delivery.ts'
import { documentation } from './documentation.ts'
import { entityHistory } from './entity-history.ts'
import type { Foundation } from './foundation.ts'
import { interop } from './interop.ts'
import { people } from './people.ts'
import { startObservability } from './observability.ts'
import { documentChecks, readOrganisation } from './organisation.ts'
import { ensureSecret } from './ensure-secret.ts'
import { objectivesOf } from './objectives.ts'
import { deployableReleases } from './releases.ts'
import { openFrontDoor } from './front-door.ts'
import { search } from './search.ts'
import { systemRoutes } from './system-routes.ts'
import { useWhenStarted } from './use-when-started.ts'
import { templateOutside } from './template-outside.ts'
import { terraformDeps } from './terraform-deps.ts'
import { tracedDrivers } from './traced-drivers.ts'

export interface Assembled {
  url: string
  ingressUrl: string
  loginLink(): Promise<string>
}

/**
 * Puts the features together, bottom up, and starts what runs. What a feature needs of a higher one it gets as a function that is called later.
 * Everything that must stop is in `stack`, in the order of starting.
 */
export async function assemble(foundation: Foundation, stack: AsyncDisposableStack): Promise<Assembled> {
  const telemetry: Telemetry = stack.use(createTelemetry({ serviceName: 'fairway', version: foundation.version }))
  const base: Foundation = { ...foundation, log: teeLogger(foundation.log, (entry) => void (entry.level === 'debug' || telemetry.logSink(entry))) }
  const { db, clock, log, settings } = base
  const { dataDir, host } = settings
  // The port is bound first: everything else knows its address, and an early caller hears that the platform is starting.
  const door = stack.use(await openFrontDoor(base))

  // Who calls, what they may do, and the log of it all.
  const events = createEvents({ db, databaseUrl: base.databaseUrl, clock, log, watchCredential: (caller, onEnd) => identity.watchCredential(caller, onEnd) })
  const { journal } = events
  const identity = createIdentity({
    db,
    journal,
    clock,
    log,
    origin: () => door.url,
    people: { findPerson: (ref) => catalog.directory.findPerson(ref), groupsOf: (ref) => catalog.directory.groupsOf(ref) },
  })
  const access: Access = createAccess({
    policies: readDefaultPolicies(),
    ownerOf: (resource) => ownerLookup(catalog.directory, (repository) => components.ofRepository(repository))(resource),
  })
  const authorize: Access['authorize'] = (caller, permission, resource) => access.authorize(caller, permission, resource)
  const keyring = await Keyring.open(path.join(dataDir, 'master.key'))
  const secrets = createSecrets({ db, journal, clock, keyring })

  // From a push to a release; the catalog reads the same repositories.
  const delivery = await createDelivery(
    base,
    {
      journal,
      secrets: secrets.store,
      authorize,
      publicUrl: () => door.url,
      componentOf: (repository) => components.ofRepository(repository),
      readIntoCatalog: async (repository, branch) => void (await sources.repositories.ingestRepository(repository, branch)),
    },
    stack,
  )
  const sources = createCatalogSources(
    base,
    { journal, secrets: secrets.store, gitHost: delivery.gitHost, catalog: () => catalog, publicUrl: () => door.url },
    stack,
  )
  const history = entityHistory(base, {
    catalog: () => catalog,
    gitHosts: sources.gitHosts,
    watchCredential: (caller, onEnd) => identity.watchCredential(caller, onEnd),
  })
  const catalog: Catalog = createCatalog({
    db,
    journal,
    log,
    source: new GitHostSource(delivery.gitHost),
    checks: documentChecks(() => Object.keys(resources.drivers).sort()),
    trusted: TRUSTED_REPOSITORIES,
    placeholders: sources.locations.placeholders,
    listeners: [history.listener],
    past: history.past,
    publicUrl: () => door.url,
  })
  const docs = documentation(base, { catalog, gitHosts: sources.gitHosts, publicUrl: () => door.url })
  const found = search(base, { catalog, authorize, feed: events.feed })
  const directories = people(base, { journal, egress: sources.egress, catalog: () => catalog, identity: () => identity.service, publicUrl: () => door.url })
  const components = readComponents(catalog.directory)
  const organisation = readOrganisation(catalog.directory, log)
  const environments = createEnvironments({ environments: organisation.environments })

  // What is seen, what runs, and the door to it.
  const tokenKey = await ensureSecret(secrets.store, 'platform/telemetry/workload-key')
  const observability = startObservability(
    base,
    { telemetry, journal, authorize, tokenKey, slos: objectivesOf(catalog.directory, organisation, () => delivery.releases.components()) },
    stack,
  )
  const runtime: ProcessRuntime = stack.use(
    await ProcessRuntime.start({
      db,
      journal,
      clock,
      log,
      dataDir,
      resolveSecret: (secretPath) => secrets.store.read(secretPath),
      fetchArtifact: (digest) => delivery.artifacts.unpack(digest),
      // A run counts as a request that was answered when it ended: so objectives hold for jobs as they do for services.
      onRun: ({ ref, version, endedAt, durationMs, isGood }) =>
        observability.metrics.recordRequest({
          ...ref,
          version,
          at: endedAt,
          method: 'RUN',
          path: '',
          status: isGood ? 200 : 500,
          durationMs,
          traceId: '',
          bytesOut: 0,
        }),
      onLog: ({ ref, at, ...line }) => observability.logs.ingestLog({ ...line, ...ref, at: new Date(at) }),
      inheritedEnvironment: childEnvironment(),
      otlpEndpoint: door.url,
      extraEnvironment: async (ref) => ({
        OTEL_EXPORTER_OTLP_HEADERS: observability.telemetryHeader(ref, String((await delivery.releases.get(ref.release)).version)),
      }),
      volumeFolder: async (volumeId) => path.join(volumesFolder(base), volumeId),
    }),
  )
  const ingress = stack.use(
    await startIngress(
      { db, journal, log, endpoints: runtime, onRequest: (sample) => observability.metrics.recordRequest(sample) },
      { host, port: settings.ingressPort },
    ),
  )

  // Plans and how they are carried out.
  const states = createStates({ db, journal, clock, sealing: keyring, isCredentialAlive: (id) => identity.service.isAlive(id) })
  const resources = createResources({
    db,
    journal,
    clock,
    recipes: organisation.recipes,
    ownerOf: (component) => catalog.directory.ownerOf(component),
    drivers: resourceDrivers(base, {
      secrets: secrets.store,
      ingress,
      terraform: terraformDeps(base, {
        secrets: secrets.store,
        keyring,
        states: states.store,
        identity: identity.service,
        delivery,
        url: door.url,
      }),
    }),
  })
  const scaffolder = createScaffolder({
    db,
    journal,
    clock,
    host: delivery.gitHost,
    catalog: { ...catalog, repositories: sources.repositories },
    ...templateOutside({ ...sources, folders: settings.catalogFolders, pipelines: delivery.pipelines.engine }),
    sealing: keyring,
    follow: (options) => events.feed.follow(options),
    watchCredential: (caller, onEnd) => identity.watchCredential(caller, onEnd),
    publicUrl: () => door.url,
  })
  const fleet = campaigns(base, { catalog, scaffolder, gitHosts: sources.gitHosts })
  const deploy = createDeployKind({
    db,
    environments: environments.directory,
    releases: deployableReleases(delivery.releases),
    resources,
    findComponent: components.find,
  })
  const policies = createPolicies({
    policies: organisation.policies,
    facts: { component: components.facts, release: async (id) => ({ provenance: { ...(await delivery.releases.provenance(id)) } }) },
  })
  const changeDeps = {
    db,
    journal,
    clock,
    log,
    kinds: { deploy, create: scaffolder.kind, campaign: fleet.kind as ChangeKind },
    drivers: tracedDrivers(
      {
        ...resources.drivers,
        ...Object.fromEntries(rolloutDrivers(base, { runtime, ingress, judge: observability.health, journal }).map((driver) => [driver.name, driver])),
        ...scaffolder.drivers,
        [fleet.driver.name]: fleet.driver,
      },
      telemetry,
    ),
    policies: policies.check,
    chaosPoint: chaosPoint(settings.chaosPoint),
  }
  let engine: ChangeEngine | undefined
  const changes = createChanges({ ...changeDeps, interrupt: (id) => engine?.interrupt(id) })
  const upgrades = fleet.open({ changes: changes.service, journal, clock })
  const deployments = createDeployments(changes.service, {
    db,
    environments: environments.directory,
    components: components.list,
    workloads: () => runtime.list(),
    traffic: () => ingress.routes.listRoutes(),
    ingressPort: () => ingress.port,
  })

  const routes: Route[] = [
    ...systemRoutes({ telemetry, isReady: () => readiness(db, engine), openApi: () => openApiOf(routes, { title: 'Fairway', version: base.version }) }),
    ...events.routes,
    ...identity.routes,
    ...secrets.routes,
    ...catalog.routes,
    ...found.routes,
    ...history.routes,
    ...sources.locations.routes,
    ...docs.routes,
    ...directories.routes,
    ...createViews({ db, journal, clock }).routes,
    ...interop({ gitHost: delivery.gitHost, catalog, locations: sources.locations.service, egress: sources.egress, publicUrl: () => door.url }),
    ...environments.routes,
    ...policies.routes,
    ...changes.routes,
    ...deployments.routes,
    ...scaffolder.routes(changes.service),
    ...upgrades.routes,
    ...delivery.routes,
    ...gitHostsRoutes(sources.gitHosts),
    ...resources.routes,
    ...states.routes,
    ...runtimeRoutes({ runtime }),
    ...ingressApi({ routes: ingress.routes, port: ingress.port }),
    ...observability.routes,
    ...regionRoutes(),
    ...createAccounts({ accounts: organisation.accounts }).routes,
  ]
  stack.use(await events.feed.start())
  stack.use(await catalog.start({ databaseUrl: base.databaseUrl }))
  stack.use(events.feed.subscribe('identity', identity.onEvent))
  stack.use(events.feed.subscribe('campaigns', upgrades.onEvent))
  await identity.ensureAdministrator({ file: path.join(dataDir, 'admin.token') })
  // The workflow engine waits for the database more than it works: the Git host gets ready meanwhile.
  const [started] = await Promise.all([
    useWhenStarted(stack, startChangeEngine({ ...changeDeps, databaseUrl: base.databaseUrl })),
    openGit(base, { delivery, sources, docs }, stack),
  ])
  engine = started
  await directories.start()
  stack.use(docs.start())
  stack.use(found.start())
  stack.use(sources.locations.start())
  door.open(routes, { authenticate: identity.authenticate, authorize, telemetry })

  return {
    url: door.url,
    ingressUrl: `http://${host}:${ingress.port}`,
    loginLink: async () => (await identity.service.createLoginLink(systemCaller, ADMINISTRATOR)).url.reveal(),
  }
}

/** Tells catalog and pipelines of pushes, and puts what ships with us into its repositories. */
async function openGit(
  base: Foundation,
  { delivery, sources, docs }: { delivery: Delivery; sources: CatalogSources; docs: Pick<Documentation, 'onPush'> },
  stack: AsyncDisposableStack,
): Promise<void> {
  const { db, clock, log, checkout } = base
  stack.use(delivery.pipelines.start())
  stack.use(
    await startGitHost({
      host: delivery.gitHost,
      db,
      clock,
      log,
      subscribers: [
        { name: 'catalog', handle: async (push) => void (await sources.locations.service.onPush(push)) },
        { name: 'documentation', handle: async (push) => await docs.onPush(push) },
        { name: 'pipeline', handle: async (push) => void (await delivery.pipelines.onPush(push)) },
      ],
      onPullRequest: async (activity) => await delivery.pipelines.onPullRequest(activity),
    }),
  )
  await seedOrganisation({ checkout, host: delivery.gitHost, log })
}

async function readiness(db: Foundation['db'], engine: ChangeEngine | undefined): Promise<{ isReady: boolean; checks: Record<string, string> }> {
  const database = await sql`select 1`.execute(db).then(
    () => 'ok',
    () => 'unavailable',
  )
  const changes = engine ? 'ok' : 'starting'
  return { isReady: database === 'ok' && changes === 'ok', checks: { database, changes } }
}
