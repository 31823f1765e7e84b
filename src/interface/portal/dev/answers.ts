import type { OutputOf } from '#contract'
import type { Change } from '../api/shapes.ts'
import { entityHandlers } from './entity-answers.ts'
import { entityDetail } from './fixtures/catalog.ts'
import { accounts, regions, resources } from './fixtures/cloud.ts'
import { hex } from './fixtures/moments.ts'
import { logLines } from './fixtures/runs.ts'
import { logRecords, requestSeries, slos, traceSpans, traceSummaries } from './fixtures/telemetry.ts'
import { preview, templates } from './fixtures/templates.ts'
import { catalogHandlers } from './catalog-answers.ts'
import { createHandlers } from './create-answers.ts'
import { repositoryHandlers } from './repository-answers.ts'
import type { World } from './world.ts'

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  body: Record<string, unknown>
}

/** An answer: a status and a body. A body without status is 200. */
export type Answer = { status: number; body: unknown }

const ok = (body: unknown, status = 200): Answer => ({ status, body })
const list = (items: readonly unknown[], nextCursor: string | null = null): Answer => ok({ items, nextCursor })
export const problem = (status: number, code: string, detail: string, errors?: unknown): Answer => ({
  status,
  body: {
    type: `https://fairway.dev/errors#${code}`,
    title: 'Refused',
    status,
    detail,
    code,
    requestId: `req_${hex(status, 12)}`,
    ...(errors === undefined ? {} : { errors }),
  },
})

type Handler = (asked: Asked, world: World, parts: string[]) => Answer

/** Method and path pattern (`*` is one segment) of what the invented platform answers. */
const handlers: readonly [string, Handler][] = [
  ...createHandlers,
  ...repositoryHandlers,
  ...entityHandlers,
  ...catalogHandlers,
  ['GET /me', (_, world) => ok(world.me)],
  [
    'POST /session',
    ({ body }, world) =>
      body['code'] === 'used'
        ? problem(401, 'platform.identity.bad_code', 'This link has been used or has expired.')
        : ((world.isSignedIn = true), ok({ principal: world.me.principal, displayName: world.me.displayName } satisfies OutputOf<'session.create'>)),
  ],
  ['DELETE /session', (_, world) => ((world.isSignedIn = false), ok({}))],
  ['GET /tokens', (_, world) => list(world.tokens)],
  [
    'POST /tokens',
    ({ body }, world) => {
      const token = {
        id: `tok_${world.tokens.length}`,
        name: String(body['name']),
        subject: world.me.principal,
        issuedBy: world.me.principal,
        scopes: body['scopes'] as string[],
        createdAt: new Date().toISOString(),
        expiresAt: new Date(Date.now() + Number(body['ttlSeconds']) * 1000).toISOString(),
        revokedAt: null,
        lastUsedAt: null,
        isCurrent: false,
      }
      world.tokens = [...world.tokens, token]
      return ok({ ...token, token: `fwt_${hex(world.tokens.length, 40)}` }, 201)
    },
  ],
  ['DELETE /tokens/*', (_, world, [id]) => ((world.tokens = world.tokens.filter((token) => token.id !== id)), ok(undefined, 204))],
  [
    'GET /events',
    ({ query }, world) => {
      const found = world.events.filter((event) => event.subject.includes(query.get('subject') ?? '') && event.type.startsWith(query.get('type') ?? ''))
      return list([...found].reverse().slice(0, Number(query.get('limit') ?? 50)))
    },
  ],
  [
    'GET /audit/verify',
    (_, world) =>
      ok({ isIntact: true, checkedCount: world.events.length, headSequence: world.events.length, headHash: hex(9, 64) } satisfies OutputOf<'audit.verify'>),
  ],
  ['GET /environments/matrix', (_, world) => ok(world.matrix)],
  ['GET /changes', ({ query }, world) => page(filterChanges(world.changes, query), query)],
  [
    'GET /changes/*',
    (_, world, [id]) =>
      found(
        world.changes.find((change) => change.id === id),
        'change',
        id,
      ),
  ],
  [
    'POST /changes/*/approve',
    ({ body }, world, [id = '']) => {
      const change = world.changes.find((each) => each.id === id)
      if (change?.planHash !== body['planHash'])
        return problem(409, 'platform.change.plan_moved', 'The plan has changed since you read it. Read it again, then decide.')
      world.update(id, {
        approvals: [{ by: world.me.principal, verdict: 'approved', at: new Date().toISOString(), comment: null, planHash: String(body['planHash']) }],
      })
      return ok(world.apply(id))
    },
  ],
  [
    'POST /changes/*/reject',
    ({ body }, world, [id = '']) =>
      ok(
        world.update(id, {
          state: 'rejected',
          finishedAt: new Date().toISOString(),
          result: { message: `Rejected: ${String(body['reason'])}` },
          approvals: [
            { by: world.me.principal, verdict: 'rejected', at: new Date().toISOString(), comment: String(body['reason']), planHash: String(body['planHash']) },
          ],
        }),
      ),
  ],
  [
    'POST /changes/*/cancel',
    (_, world, [id = '']) =>
      ok(world.update(id, { state: 'cancelled', finishedAt: new Date().toISOString(), result: { message: 'Cancelled; nothing more is done.' } })),
  ],
  ['GET /approvals', (_, world) => list(world.changes.filter((change) => change.state === 'waiting' && change.requestedBy !== world.me.principal))],
  ['POST /plans', ({ body }, world) => ok(world.planFor(body['input'] as Record<string, unknown>))],
  [
    'POST /promotions',
    ({ body }, world) =>
      ok(
        world.start(`Promote ${String(body['component'])} to ${String(body['to'])}`, world.planFor(body), {
          component: String(body['component']),
          environment: String(body['to']),
        }),
        202,
      ),
  ],
  [
    'POST /rollbacks',
    ({ body }, world) =>
      ok(
        world.start(`Roll back ${String(body['component'])} in ${String(body['environment'])}`, world.planFor(body), {
          component: String(body['component']),
          environment: String(body['environment']),
          reason: String(body['reason']),
        }),
        202,
      ),
  ],
  [
    'POST /deployments',
    ({ body }, world) =>
      ok(
        world.start(`Deploy ${String(body['component'])} to ${String(body['environment'])}`, world.planFor(body), {
          component: String(body['component']),
          environment: String(body['environment']),
        }),
        202,
      ),
  ],
  ['GET /entities/*/*/*', (_, world, [kind = '', , name = '']) => found(entityDetail(world.entities, kind, name), kind, name)],
  [
    'GET /search',
    ({ query }, world) => {
      const q = (query.get('q') ?? '').toLowerCase()
      return list(
        world.entities
          .filter((entity) => entity.metadata.name.includes(q))
          .slice(0, 8)
          .map((entity) => ({
            kind: entity.kind,
            ref: `${entity.kind.toLowerCase()}:default/${entity.metadata.name}`,
            title: entity.metadata.name,
            summary: entity.metadata.description ?? '',
            href:
              entity.kind === 'Component' ? `/components/${entity.metadata.name}` : `/entities/${entity.kind.toLowerCase()}/default/${entity.metadata.name}`,
          })),
      )
    },
  ],
  ['GET /templates', () => list(templates)],
  [
    'GET /templates/*/*',
    (_, __, [, name = '']) =>
      found(
        templates.find((template) => template.name === name),
        'template',
        name,
      ),
  ],
  ['POST /creations/preview', ({ body }) => ok(preview(body['values'] as Record<string, unknown>))],
  [
    'POST /creations',
    ({ body }, world) => {
      const name = String((body['values'] as Record<string, unknown>)['name'])
      if (name === 'orders')
        return problem(422, 'platform.scaffolder.bad_values', 'One field is wrong.', [
          { field: 'values.name', message: 'A component called "orders" is there already' },
        ])
      return ok(
        world.start(`Create ${name}`, { ...world.planFor({ component: name }), approval: null }, { kind: 'create', component: name, environment: null }),
        202,
      )
    },
  ],
  [
    'GET /releases',
    ({ query }, world) =>
      page(
        world.releases.filter((release) => release.component === (query.get('component') ?? release.component)),
        query,
      ),
  ],
  [
    'GET /releases/*',
    (_, world, [id]) =>
      found(
        world.releases.find((release) => release.id === id),
        'release',
        id,
      ),
  ],
  [
    'GET /artifacts/*',
    (_, __, [digest = '']) =>
      ok({
        digest: decodeURIComponent(digest),
        kind: 'app',
        component: 'orders',
        repository: 'acme/orders',
        commit: hex(3, 40),
        ref: 'refs/heads/main',
        workflow: '.github/workflows/ci.yml',
        runId: 'run_green',
        sizeBytes: 1_430_200,
        createdAt: new Date().toISOString(),
        sbom: { components: 84 },
        findings: [
          { tool: 'secret scan', count: 0, errors: 0, warnings: 0, notes: 0 },
          { tool: 'static analysis', count: 2, errors: 0, warnings: 2, notes: 0 },
        ],
        provenance: {
          isVerified: true,
          reason: 'Signed by this platform for this commit and run.',
          failedStep: null,
          builder: 'fairway/pipeline',
          keyId: `SHA256:${hex(5, 24)}`,
        },
      } satisfies OutputOf<'artifacts.get'>),
  ],
  [
    'GET /runs',
    ({ query }, world) =>
      page(
        world.runs.filter((run) => (query.get('component') ?? run.component) === run.component && (query.get('state') ?? run.state) === run.state),
        query,
      ),
  ],
  [
    'GET /runs/*',
    (_, world, [id]) =>
      found(
        world.runs.find((run) => run.id === id),
        'run',
        id,
      ),
  ],
  [
    'POST /runs/*/rerun',
    (_, world, [id]) =>
      found(
        world.runs.find((run) => run.id === id),
        'run',
        id,
      ),
  ],
  [
    'POST /runs/*/cancel',
    (_, world, [id]) =>
      found(
        world.runs.find((run) => run.id === id),
        'run',
        id,
      ),
  ],
  [
    'GET /runs/*/jobs/*/log',
    ({ query }, _, [run, job]) => {
      const all = logLines(run === 'run_red' && job === 'job_test', run === 'run_live' ? 300 : 6000)
      const from = Number(query.get('from') ?? 1)
      const lines = all.slice(from - 1, from - 1 + Number(query.get('limit') ?? 1000))
      return ok({ lines, nextFrom: from + lines.length, isComplete: run !== 'run_live' } satisfies OutputOf<'runs.log'>)
    },
  ],
  ['GET /workloads', () => list([])],
  [
    'GET /resources',
    ({ query }, world) => list(world.entities.length === 0 ? [] : resources.filter((resource) => resource.component === query.get('component'))),
  ],
  ['GET /cloud/regions', () => list(regions)],
  ['GET /cloud/accounts', () => list(accounts)],
  [
    'GET /telemetry/requests',
    ({ query }) => ok(requestSeries(query.get('component') ?? '', query.get('from') ?? '', query.get('to') ?? '', Number(query.get('stepSeconds') ?? 60))),
  ],
  [
    'GET /telemetry/logs',
    ({ query }) => list(logRecords(query.get('component') ?? '', query.get('environment') ?? '', query.get('level'), query.get('q') ?? '')),
  ],
  ['GET /telemetry/traces', ({ query }) => list(traceSummaries(query.get('component') ?? ''))],
  ['GET /telemetry/traces/*', (_, __, [id = '']) => ok({ spans: traceSpans(id) } satisfies OutputOf<'telemetry.trace'>)],
  ['GET /slos', ({ query }) => list(slos(query.get('component')))],
]

/** What the invented platform says; undefined for a path that it does not know. */
export function answer(asked: Asked, world: World): Answer | undefined {
  const segments = asked.path.split('/').filter(Boolean)
  for (const [pattern, handle] of handlers) {
    const [method, path = ''] = pattern.split(' ')
    const wanted = path.split('/').filter(Boolean)
    if (method !== asked.method || wanted.length !== segments.length || !wanted.every((each, at) => each === '*' || each === segments[at])) continue
    return handle(
      asked,
      world,
      segments.filter((_, at) => wanted[at] === '*'),
    )
  }
  return undefined
}

function found(value: unknown, what: string, id: string | undefined): Answer {
  return value === undefined ? problem(404, `platform.${what}.not_found`, `There is no ${what} "${id ?? ''}"`) : ok(value)
}

function page(items: readonly unknown[], query: URLSearchParams): Answer {
  const from = Number(query.get('cursor') ?? 0)
  const to = from + Number(query.get('limit') ?? 50)
  return list(items.slice(from, to), to < items.length ? String(to) : null)
}

function filterChanges(changes: readonly Change[], query: URLSearchParams): Change[] {
  const states = query.getAll('state')
  const same = (name: 'component' | 'environment' | 'requestedBy', change: Change): boolean => (query.get(name) ?? change[name]) === change[name]
  return changes.filter(
    (change) =>
      (states.length === 0 || states.includes(change.state)) && same('component', change) && same('environment', change) && same('requestedBy', change),
  )
}
