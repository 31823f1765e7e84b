import type { Answer, Asked } from './answers.ts'
import { docsFound, docsPage, docsSite } from './fixtures/docs.ts'
import { ago, day, hex } from './fixtures/moments.ts'
import type { World } from './world.ts'

const ok = (body: unknown, status = 200): Answer => ({ status, body })
const none = (code: string, detail: string): Answer => ({
  status: 404,
  body: { type: `https://fairway.dev/errors#${code}`, title: 'Not there', status: 404, detail, code, requestId: `req_${hex(404, 12)}` },
})
const noDocs = (name: string): Answer => none('platform.documentation.none', `component:default/${name} has no documentation`)

/** What the invented platform answers about one entity: its documentation, its history, where it comes from. */
export const entityHandlers: readonly [string, (asked: Asked, world: World, parts: string[]) => Answer][] = [
  [
    'POST /entities/validate',
    ({ body }, world) => {
      const text = typeof body['text'] === 'string' ? body['text'] : ''
      const before = world.entities.find((entity) => entity.metadata.name === 'orders')
      const owner = /owner: (.*)/.exec(text)?.[1] ?? ''
      const line = text.split('\n').findIndex((each) => each.includes('owner:')) + 1
      const problems = owner.includes(' ') ? [{ field: 'spec.owner', message: `"${owner}" is no reference`, file: 'catalog-info.yaml', line, column: 10 }] : []
      const after = { ...before, spec: { ...before?.spec, owner: owner.startsWith('group:') ? owner : `group:default/${owner}` } }
      const change = JSON.stringify(after) === JSON.stringify(before) ? 'unchanged' : 'altered'
      return ok({ problems, entities: problems.length > 0 ? [] : [{ ref: 'component:default/orders', change, before, after }] })
    },
  ],
  [
    'POST /repositories/*/*/files',
    ({ body }) => {
      const asked = body['pullRequest'] as { title: string } | undefined
      const pull = asked === undefined ? null : { number: 7, title: asked.title }
      return ok({ commit: hex(90, 40), branch: body['branch'], pullRequest: pull }, 201)
    },
  ],
  ['GET /docs/*/*/*', (_, __, [, , name = '']) => (name === 'orders' ? ok(docsSite) : noDocs(name))],
  [
    'GET /docs/*/*/*/page',
    ({ query }, _, [, , name = '']) => {
      if (name !== 'orders') return noDocs(name)
      const page = docsPage(query.get('path') ?? docsSite.home)
      return page === undefined ? none('platform.documentation.no_page', 'there is no such page') : ok(page)
    },
  ],
  [
    'GET /entities/*/*/*/history',
    (_, __, [, , name = '']) =>
      ok({
        items: [
          {
            id: '3',
            at: ago(2 * day),
            kind: 'altered',
            actor: 'user:default/ana',
            changeId: null,
            commit: hex(31, 40),
            location: `git:acme/${name}`,
            fields: [
              { path: 'spec.lifecycle', before: 'experimental', after: 'production' },
              { path: 'metadata.tags', before: null, after: 'postgres' },
            ],
          },
          {
            id: '2',
            at: ago(9 * day),
            kind: 'altered',
            actor: 'user:default/olga',
            changeId: 'chg_canary',
            commit: hex(32, 40),
            location: `git:acme/${name}`,
            fields: [{ path: 'spec.owner', before: 'group:default/platform', after: 'group:default/payments' }],
          },
          { id: '1', at: ago(40 * day), kind: 'added', actor: 'system:fairway', changeId: null, commit: null, location: `git:acme/${name}`, fields: [] },
        ],
        nextCursor: null,
      }),
  ],
  [
    'GET /entities/*/*/*/explain',
    ({ query }, _, [kind = '', namespace = '', name = '']) =>
      ok({
        ref: `${kind}:${namespace}/${name}`,
        field: query.get('field') ?? '',
        value: 'group:default/payments',
        source: {
          location: `git:acme/${name}`,
          file: 'catalog-info.yaml',
          line: 12,
          column: 3,
          repository: `acme/${name}`,
          branch: 'main',
          commit: hex(31, 40),
        },
        last: { at: ago(9 * day), actor: 'user:default/olga', changeId: 'chg_canary', commit: hex(32, 40), kind: 'altered' },
        relations: [],
        problems: [],
        sentence: `Line 12 of catalog-info.yaml says so; olga wrote it.`,
      }),
  ],
  [
    'GET /lineage/*/*',
    (_, __, [, name = '']) =>
      name === 'orders'
        ? ok({
            template: 'template:default/node-service-postgres',
            templateCommit: hex(51, 40),
            createdVersion: '2.0',
            newestCommit: hex(52, 40),
            newestVersion: '2.1',
            isBehind: true,
            isEjected: false,
          })
        : none('platform.campaign.no_lineage', `${name} was not made from a template`),
  ],
  [
    'GET /templates/*/*/children',
    () =>
      ok({
        template: 'template:default/node-service-postgres',
        commit: hex(52, 40),
        version: '2.1',
        items: [
          {
            component: 'component:default/orders',
            repository: 'acme/orders',
            templateCommit: hex(51, 40),
            templateVersion: '2.0',
            isBehind: true,
            isEjected: false,
            createdBy: 'user:default/ana',
            pullRequest: { number: 7, url: '/repositories/acme/orders/pull-requests/7', repository: 'acme/orders' },
          },
        ],
      }),
  ],
  ['GET /docs/*/*/*/search', ({ query }) => ok({ items: docsFound(query.get('q') ?? '') })],
]
