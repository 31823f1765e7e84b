import { expect, test } from 'vitest'
import type { EntityDetail } from '../../api/shapes.ts'
import { repositoryOf } from './repository-of.ts'

const detail = (annotations: Record<string, string>, location = ''): EntityDetail => {
  const metadata = { name: 'orders', annotations }
  return {
    entity: { apiVersion: 'v1', kind: 'Component', metadata },
    relations: [],
    problems: [],
    source: { location, repository: '', path: '', commit: '' },
  }
}

test.each([
  [detail({ 'fairway.dev/repository': 'acme/orders' }), 'acme/orders'],
  [detail({ 'backstage.io/source-location': 'url:http://127.0.0.1:7007/git/acme/orders.git' }), 'acme/orders'],
  [detail({}, 'url:http://localhost:7007/git/acme/orders/catalog-info.yaml'), 'acme/orders'],
  [detail({}, 'git:acme/orders@main:catalog-info.yaml'), 'acme/orders'],
  [detail({}), null],
])('case %#', (given, repository) => {
  expect(repositoryOf(given)).toBe(repository)
})
