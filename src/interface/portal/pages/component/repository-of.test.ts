import { expect, test } from 'vitest'
import type { EntityDetail } from '../../api/shapes/index.ts'
import { repositoryOf } from './repository-of.ts'

const detail = (annotations: Record<string, string>, location = ''): EntityDetail => ({
  entity: { apiVersion: 'v1', kind: 'Component', metadata: { name: 'orders', annotations } },
  relations: [],
  problems: [],
  source: location === '' ? null : { location, commit: null },
})

test.each([
  [detail({ 'fairway.dev/repository': 'acme/orders' }), 'acme/orders'],
  [detail({ 'backstage.io/source-location': 'url:http://127.0.0.1:7007/git/acme/orders.git' }), 'acme/orders'],
  [detail({}, 'url:http://localhost:7007/git/acme/orders/catalog-info.yaml'), 'acme/orders'],
  [detail({}, 'git:acme/orders@main:catalog-info.yaml'), 'acme/orders'],
  [detail({}), null],
])('case %#', (given, repository) => {
  expect(repositoryOf(given)).toBe(repository)
})
