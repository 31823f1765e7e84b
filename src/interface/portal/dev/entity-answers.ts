import type { Answer, Asked } from './answers.ts'
import { docsFound, docsPage, docsSite } from './fixtures/docs.ts'
import { hex } from './fixtures/moments.ts'
import type { World } from './world.ts'

const ok = (body: unknown, status = 200): Answer => ({ status, body })
const none = (code: string, detail: string): Answer => ({
  status: 404,
  body: { type: `https://fairway.dev/errors#${code}`, title: 'Not there', status: 404, detail, code, requestId: `req_${hex(404, 12)}` },
})
const noDocs = (name: string): Answer => none('platform.documentation.none', `component:default/${name} has no documentation`)

/** What the invented platform answers about one entity: its documentation, its history, where it comes from. */
export const entityHandlers: readonly [string, (asked: Asked, world: World, parts: string[]) => Answer][] = [
  ['GET /docs/*/*/*', (_, __, [, , name = '']) => (name === 'orders' ? ok(docsSite) : noDocs(name))],
  [
    'GET /docs/*/*/*/page',
    ({ query }, _, [, , name = '']) => {
      if (name !== 'orders') return noDocs(name)
      const page = docsPage(query.get('path') ?? docsSite.home)
      return page === undefined ? none('platform.documentation.no_page', 'there is no such page') : ok(page)
    },
  ],
  ['GET /docs/*/*/*/search', ({ query }) => ok({ items: docsFound(query.get('q') ?? '') })],
]
