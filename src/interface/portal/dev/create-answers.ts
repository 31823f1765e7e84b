import type { OutputOf } from '#contract'
import type { Answer, Asked } from './answers.ts'
import { campaigns, templateChildren } from './fixtures/campaigns.ts'
import { hex } from './fixtures/moments.ts'
import type { World } from './world.ts'

const ok = (body: unknown, status = 200): Answer => ({ status, body })
const none = (code: string, detail: string): Answer => ({
  status: 404,
  body: { type: `https://fairway.dev/errors#${code}`, title: 'Not there', status: 404, detail, code, requestId: `req_${hex(404, 12)}` },
})

const imported = (): OutputOf<'imports.create'> => ({
  entities: [
    { ref: 'component:default/parcels', change: 'added', text: 'kind: Component\nmetadata:\n  name: parcels\n', needsReview: false },
    { ref: 'component:default/orders', change: 'conflict', text: 'kind: Component\nmetadata:\n  name: orders\n', needsReview: true },
  ],
  losses: [
    { path: 'port.json', field: 'properties.cost', effect: 'dropped', reason: 'no field of a Component holds it' },
    { path: 'port.json', field: 'icon', effect: 'kept', reason: 'as the annotation port.io/icon' },
  ],
  problems: [{ field: 'spec.owner', message: 'give a text here', file: 'port.json', line: 4, column: 2 }],
  repository: null,
  commit: null,
  pullRequest: null,
})

/** What the invented platform answers about runs of golden paths, campaigns, imports and exports. */
export const createHandlers: readonly [string, (asked: Asked, world: World, parts: string[]) => Answer][] = [
  [
    'GET /templates/*/*/children',
    (_, world, [, name]) => ok(world.entities.length > 0 && name === 'node-service-postgres' ? world.children : { ...templateChildren(), items: [] }),
  ],
  ['GET /campaigns', (_, world) => ok({ items: world.campaigns, nextCursor: null })],
  [
    'GET /campaigns/*',
    (_, world, [id = '']) => {
      const campaign = world.campaigns.find((each) => each.id === id)
      return campaign === undefined ? none('platform.campaign.not_found', `there is no campaign "${id}"`) : ok(campaign)
    },
  ],
  [
    'POST /campaigns',
    ({ body }, world) => {
      const [first] = campaigns()
      if (first === undefined) return none('platform.campaign.not_found', 'none')
      const names = (body['components'] as string[] | undefined) ?? []
      const items = names.map((component) => ({ ...first.items[0], component, repository: `acme/${component.split('/')[1]}` })) as typeof first.items
      world.campaigns = [
        { ...first, id: 'chg_campaign_2', items, counts: { ...first.counts, total: items.length, open: items.length, conflict: 0, merged: 0, failed: 0 } },
        ...world.campaigns,
      ]
      return ok({ id: 'chg_campaign_2' }, 202)
    },
  ],
  [
    'POST /campaigns/*/cancel',
    (_, world, [id = '']) => {
      world.campaigns = world.campaigns.map((each) =>
        each.id === id
          ? {
              ...each,
              state: 'cancelled',
              counts: { ...each.counts, open: 0, conflict: 0, closed: each.counts.open + each.counts.conflict },
              items: each.items.map((item) => (item.state === 'open' || item.state === 'conflict' ? { ...item, state: 'closed' } : item)),
            }
          : each,
      )
      return ok(world.campaigns.find((each) => each.id === id))
    },
  ],
  ...(['eject', 'resume'] as const).map((verb): [string, (asked: Asked, world: World, parts: string[]) => Answer] => [
    `POST /lineage/*/*/${verb}`,
    (_, world, [, name = '']) => {
      const isEjected = verb === 'eject'
      world.children = {
        ...world.children,
        items: world.children.items.map((child) => (child.component.endsWith(`/${name}`) ? { ...child, isEjected } : child)),
      }
      return ok({ isEjected })
    },
  ]),
  ['GET /git-hosts', () => ok({ items: [] })],
  ['GET /creations/*', (_, __, [id = '']) => none('platform.scaffolder.task_not_found', `there is no run "${id}"`)],
  ['POST /imports', ({ body }) => ok(body['dryRun'] === true ? imported() : { ...imported(), repository: 'fairway/imported', commit: hex(8, 40) })],
  [
    'GET /exports/*',
    () => ok({ files: [{ path: 'component.yaml', text: 'kind: Component\n' }], losses: imported().losses.slice(0, 1) } satisfies OutputOf<'exports.get'>),
  ],
  [
    'POST /adoptions',
    ({ body }) =>
      ok({
        ...imported(),
        total: 42,
        locations: [
          { target: 'https://github.com/acme/orders/blob/main/catalog-info.yaml', count: 40, outcome: 'added', reason: 'it can be read from here' },
          { target: 'file:/app/examples/org.yaml', count: 2, outcome: 'copied', reason: 'only that Backstage can read it' },
        ],
        ...(body['dryRun'] === true ? {} : { repository: 'fairway/imported', commit: hex(9, 40) }),
      } satisfies OutputOf<'adoptions.create'>),
  ],
]
