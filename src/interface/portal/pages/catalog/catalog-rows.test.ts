import { describe, expect, test } from 'vitest'
import { catalogRow } from './catalog-rows.ts'

const listed = (kind: string, metadata: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
  catalogRow({ apiVersion: 'backstage.io/v1alpha1', kind, metadata: { name: 'orders', ...metadata }, ...rest })

describe('a row of the catalog', () => {
  test('fills refs up', () => {
    expect(listed('Component', {}, { spec: { owner: 'payments', system: 'shop', type: 'service' } })).toMatchObject({
      ref: 'component:default/orders',
      owner: 'group:default/payments',
      system: 'system:default/shop',
      type: 'service',
    })
    expect(listed('Component', {}, { spec: { owner: 'user:guests/ana' } }).owner).toBe('user:guests/ana')
  })

  test.each([
    [{ title: 'Orders' }, {}, 'Orders'],
    [{}, { profile: { displayName: 'Ana B.' } }, 'Ana B.'],
    [{}, { profile: null }, 'orders'],
    [{}, { profile: { displayName: 7 } }, 'orders'],
  ])('is called by title, then by profile, then by name: %j %j', (metadata, spec, title) => {
    expect(listed('User', metadata, { spec }).title).toBe(title)
  })

  test('stands what a descriptor should not have', () => {
    expect(
      listed('Component', { tags: 'no', annotations: [] }, { spec: { owner: {}, type: [] }, status: { items: [null, { message: 'bad' }] } }),
    ).toMatchObject({
      owner: '',
      type: '',
      tags: [],
      problems: ['', 'bad'],
      isOrphan: false,
    })
  })

  test('knows an orphan', () => {
    expect(listed('Component', { annotations: { 'backstage.io/orphan': 'true' } }).isOrphan).toBe(true)
  })
})
