import { expect, test } from 'vitest'
import { docsHref, docsPlaces, holdsPage, pageOf } from './docs-places.ts'

const orders = { kind: 'Component', namespace: 'default', name: 'orders' }

test.each([
  ['../index.md', '/docs/component/default/orders/index.md', true],
  ['run it.md', '/docs/component/default/orders/guides/run%20it.md', true],
  ['/reference/', '/docs/component/default/orders/reference/index.md', true],
  ['deploy', '/docs/component/default/orders/guides/deploy.md', true],
  ['spec.json', '/api/v1/docs/Component/default/orders/asset?path=guides%2Fspec.json', false],
])('in guides/a.md, %s leads to %s', (written, href, isPage) => {
  expect(docsPlaces(orders, 'guides/a.md').link(written, '')).toEqual({ href, isPage })
})

test('what leads out of the documentation leads nowhere', () => {
  const places = docsPlaces(orders, 'a.md')
  expect([places.link('../secret.md', ''), places.image('../../x.png'), places.image('/')]).toEqual([null, null, null])
})

test('a page is found below its sections', () => {
  const nav = { title: 'Guides', children: [{ title: 'Deep', children: [{ title: 'A', path: 'a.md' }] }] }
  expect([holdsPage(nav, 'a.md'), holdsPage(nav, 'b.md')]).toEqual([true, false])
  expect([docsHref(orders), pageOf('logo.png')]).toEqual(['/docs/component/default/orders', undefined])
})
