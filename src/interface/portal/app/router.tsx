import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, type RouteComponent } from '@tanstack/react-router'
import { campaignQueries } from '../api/campaign-queries.ts'
import { docsQueries } from '../api/docs-queries.ts'
import { catalogQueries } from '../api/catalog-queries.ts'
import { queries } from '../api/queries.ts'
import { repositoryQueries } from '../api/repository-queries.ts'
import { apiFilter, apiOrder, catalogSearch } from '../pages/catalog/catalog-search.ts'
import { graphSearch } from '../pages/graph/graph-search.ts'
import { BrokenPage, NoSuchPage } from './broken-page.tsx'
import { oneOf, present, text, whole } from './search.ts'
import { Shell } from './shell.tsx'

interface Context {
  client: QueryClient
}

/** A page in a chunk of its own. Its type is cut here, since pages take their addresses' types from the router. */
const page = (load: () => Promise<Record<string, unknown>>, name: string): RouteComponent =>
  lazyRouteComponent(load as () => Promise<Record<string, RouteComponent>>, name)

function NowhereInShell() {
  return (
    <Shell>
      <NoSuchPage />
    </Shell>
  )
}

function FramedPages() {
  return <Shell />
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NowhereInShell, errorComponent: BrokenPage })
const app = createRoute({ getParentRoute: () => root, id: 'app', component: FramedPages })
const under = <const P extends string>(path: P) => ({ getParentRoute: () => app, path }) as const

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (raw: Record<string, unknown>) => present({ code: text(raw, 'code'), next: text(raw, 'next') }),
  component: page(() => import('../pages/login/login-page.tsx'), 'LoginPage'),
})
const home = createRoute({
  ...under('/'),
  loader: ({ context: { client } }) => {
    void client.prefetchQuery(queries.matrix())
    void client.prefetchQuery(queries.approvals())
  },
  component: page(() => import('../pages/home/home-page.tsx'), 'HomePage'),
})
const catalog = createRoute({
  ...under('/catalog'),
  validateSearch: catalogSearch,
  loaderDeps: ({ search }) => search,
  loader: ({ context: { client }, deps }) => {
    // What is mine is asked for when it is known who looks.
    if (!/\bme\b/.test(deps.owner ?? '')) void client.prefetchInfiniteQuery(catalogQueries.list(apiFilter(deps, undefined), apiOrder(deps.sort)))
  },
  component: page(() => import('../pages/catalog/catalog-page.tsx'), 'CatalogPage'),
})
const locations = createRoute({
  ...under('/catalog/locations'),
  validateSearch: (raw: Record<string, unknown>) => present({ show: oneOf(raw, 'show', ['added', 'built-in']), add: oneOf(raw, 'add', ['yes']) }),
  component: page(() => import('../pages/locations/locations-page.tsx'), 'LocationsPage'),
})
const graph = createRoute({
  ...under('/graph'),
  validateSearch: graphSearch,
  component: page(() => import('../pages/graph/graph-page.tsx'), 'GraphPage'),
})
const component = createRoute({
  ...under('/components/$name'),
  validateSearch: (raw: Record<string, unknown>) => present({ asOf: text(raw, 'asOf') }),
  loader: ({ context: { client }, params }) => {
    void client.prefetchQuery(queries.entity('component', 'default', params.name))
    void client.prefetchQuery(queries.matrix())
  },
  component: page(() => import('../pages/component/component-page.tsx'), 'ComponentPage'),
})
const entity = createRoute({
  ...under('/entities/$kind/$namespace/$name'),
  validateSearch: (raw: Record<string, unknown>) => present({ asOf: text(raw, 'asOf') }),
  loader: ({ context: { client }, params }) => void client.prefetchQuery(queries.entity(params.kind, params.namespace, params.name)),
  component: page(() => import('../pages/entity/entity-page.tsx'), 'EntityPage'),
})
const docs = createRoute({
  ...under('/docs/$kind/$namespace/$name/$'),
  validateSearch: (raw: Record<string, unknown>) => present({ q: text(raw, 'q') }),
  loader: ({ context: { client }, params: { kind, namespace, name, _splat } }) => {
    void client.prefetchQuery(docsQueries.site({ kind, namespace, name }))
    void client.prefetchQuery(docsQueries.page({ kind, namespace, name }, _splat === undefined || _splat === '' ? undefined : _splat))
  },
  component: page(() => import('../pages/docs/docs-page.tsx'), 'DocsPage'),
})
const create = createRoute({
  ...under('/create'),
  loader: ({ context: { client } }) => void client.prefetchQuery(queries.templates()),
  component: page(() => import('../pages/create/create-page.tsx'), 'CreatePage'),
})
const createOne = createRoute({
  ...under('/create/$namespace/$name'),
  loader: ({ context: { client }, params }) => void client.prefetchQuery(queries.template(params.namespace, params.name)),
  component: page(() => import('../pages/create/template-page.tsx'), 'TemplatePage'),
})
const campaigns = createRoute({
  ...under('/campaigns'),
  loader: ({ context: { client } }) => void client.prefetchInfiniteQuery(campaignQueries.pages()),
  component: page(() => import('../pages/campaigns/campaigns-page.tsx'), 'CampaignsPage'),
})
const campaign = createRoute({
  ...under('/campaigns/$id'),
  validateSearch: (raw: Record<string, unknown>) =>
    present({ show: oneOf(raw, 'show', ['waiting', 'up-to-date', 'open', 'conflict', 'merged', 'closed', 'failed']) }),
  loader: ({ context: { client }, params }) => void client.prefetchQuery(campaignQueries.one(params.id)),
  component: page(() => import('../pages/campaigns/campaign-page.tsx'), 'CampaignPage'),
})
const interop = createRoute({
  ...under('/platform/interop'),
  validateSearch: (raw: Record<string, unknown>) => present({ do: oneOf(raw, 'do', ['import', 'export', 'adopt']) }),
  component: page(() => import('../pages/interop/interop-page.tsx'), 'InteropPage'),
})
const environments = createRoute({
  ...under('/environments'),
  validateSearch: (raw: Record<string, unknown>) => present({ q: text(raw, 'q'), owner: text(raw, 'owner'), compare: text(raw, 'compare') }),
  loader: ({ context: { client } }) => void client.prefetchQuery(queries.matrix()),
  component: page(() => import('../pages/environments/environments-page.tsx'), 'EnvironmentsPage'),
})
const changes = createRoute({
  ...under('/changes'),
  validateSearch: (raw: Record<string, unknown>) =>
    present({
      show: oneOf(raw, 'show', ['open', 'waiting', 'done', 'failed']),
      component: text(raw, 'component'),
      environment: text(raw, 'environment'),
      mine: oneOf(raw, 'mine', ['yes']),
    }),
  component: page(() => import('../pages/changes/changes-page.tsx'), 'ChangesPage'),
})
const change = createRoute({
  ...under('/changes/$id'),
  loader: ({ context: { client }, params }) => void client.prefetchQuery(queries.change(params.id)),
  component: page(() => import('../pages/change/change-page.tsx'), 'ChangePage'),
})
const approvals = createRoute({
  ...under('/approvals'),
  loader: ({ context: { client } }) => void client.prefetchQuery(queries.approvals()),
  component: page(() => import('../pages/approvals/approvals-page.tsx'), 'ApprovalsPage'),
})
const pipelines = createRoute({
  ...under('/pipelines'),
  validateSearch: (raw: Record<string, unknown>) =>
    present({ component: text(raw, 'component'), branch: text(raw, 'branch'), state: oneOf(raw, 'state', ['queued', 'running', 'completed']) }),
  component: page(() => import('../pages/pipelines/pipelines-page.tsx'), 'PipelinesPage'),
})
const run = createRoute({
  ...under('/pipelines/$run'),
  validateSearch: (raw: Record<string, unknown>) => present({ job: text(raw, 'job'), line: whole(raw, 'line'), to: whole(raw, 'to') }),
  loader: ({ context: { client }, params }) => void client.prefetchQuery(queries.run(params.run)),
  component: page(() => import('../pages/run/run-page.tsx'), 'RunPage'),
})
const observe = createRoute({
  ...under('/observe'),
  validateSearch: (raw: Record<string, unknown>) => present({ environment: text(raw, 'environment') }),
  component: page(() => import('../pages/observe/observe-page.tsx'), 'ObservePage'),
})
const observeOne = createRoute({
  ...under('/observe/$name'),
  validateSearch: (raw: Record<string, unknown>) =>
    present({
      view: oneOf(raw, 'view', ['signals', 'logs', 'traces']),
      environment: text(raw, 'environment'),
      range: oneOf(raw, 'range', ['15m', '1h', '6h', '24h', '7d']),
      q: text(raw, 'q'),
      level: oneOf(raw, 'level', ['debug', 'info', 'warn', 'error']),
      trace: text(raw, 'trace'),
    }),
  component: page(() => import('../pages/observe/component-signals-page.tsx'), 'ComponentSignalsPage'),
})
const release = createRoute({
  ...under('/releases/$id'),
  loader: ({ context: { client }, params }) => void client.prefetchQuery(queries.release(params.id)),
  component: page(() => import('../pages/release/release-page.tsx'), 'ReleasePage'),
})
const repositories = createRoute({
  ...under('/repositories'),
  validateSearch: (raw: Record<string, unknown>) => present({ q: text(raw, 'q') }),
  loader: ({ context: { client } }) => void client.prefetchInfiniteQuery(repositoryQueries.all()),
  component: page(() => import('../pages/repository/repositories-page.tsx'), 'RepositoriesPage'),
})
const repository = createRoute({
  ...under('/repositories/$owner/$name'),
  validateSearch: (raw: Record<string, unknown>) =>
    present({
      view: oneOf(raw, 'view', ['files', 'pulls', 'branches', 'commits']),
      ref: text(raw, 'ref'),
      path: text(raw, 'path'),
      file: text(raw, 'file'),
      state: oneOf(raw, 'state', ['open', 'merged', 'closed']),
    }),
  loader: ({ context: { client }, params }) => void client.prefetchQuery(repositoryQueries.one(params)),
  component: page(() => import('../pages/repository/repository-page.tsx'), 'RepositoryPage'),
})
const pullRequest = createRoute({
  ...under('/repositories/$owner/$name/pull-requests/$number'),
  loader: ({ context: { client }, params: { owner, name, number } }) =>
    void client.prefetchQuery(repositoryQueries.pullRequest({ owner, name, number: Number(number) })),
  component: page(() => import('../pages/pull-request/pull-request-page.tsx'), 'PullRequestPage'),
})
const editFile = createRoute({
  ...under('/repositories/$owner/$name/edit'),
  validateSearch: (raw: Record<string, unknown>) => present({ file: text(raw, 'file'), ref: text(raw, 'ref') }),
  component: page(() => import('../pages/entity/editor-page.tsx'), 'EditorPage'),
})
const cloud = createRoute({
  ...under('/cloud'),
  validateSearch: (raw: Record<string, unknown>) => present({ provider: text(raw, 'provider'), q: text(raw, 'q') }),
  component: page(() => import('../pages/cloud/cloud-page.tsx'), 'CloudPage'),
})
const activity = createRoute({
  ...under('/activity'),
  validateSearch: (raw: Record<string, unknown>) => present({ subject: text(raw, 'subject'), type: text(raw, 'type') }),
  component: page(() => import('../pages/activity/activity-page.tsx'), 'ActivityPage'),
})
const settings = createRoute({ ...under('/settings'), component: page(() => import('../pages/settings/settings-page.tsx'), 'SettingsPage') })

const tree = root.addChildren([
  login,
  app.addChildren([
    home,
    catalog,
    locations,
    graph,
    component,
    entity,
    docs,
    create,
    createOne,
    campaigns,
    campaign,
    interop,
    environments,
    changes,
    change,
    approvals,
    pipelines,
    run,
    observe,
    observeOne,
    release,
    repositories,
    repository,
    pullRequest,
    editFile,
    cloud,
    activity,
    settings,
  ]),
])

/** The portal's addresses. Pages load when they are hovered, focused or visited. */
export function createPortalRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: 'intent',
    defaultPreloadDelay: 40,
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    defaultErrorComponent: BrokenPage,
    defaultNotFoundComponent: NoSuchPage,
    defaultPendingMs: 400,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPortalRouter>
  }
}
