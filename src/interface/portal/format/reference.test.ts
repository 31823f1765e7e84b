import { describe, expect, test } from 'vitest'
import { entityHref, runName, shortId, shortRef, versionLabel } from './reference.ts'

test.each([
  ['CI', 'CI'],
  ['Answer 404', 'ci.yml'],
])('a run with the name %j is called %j', (name, called) => {
  expect(runName({ name, workflow: '.github/workflows/ci.yml', commitMessage: 'Answer 404\n\nWhy not.' })).toBe(called)
})

describe('references', () => {
  test.each([
    ['component:default/orders', '/components/orders'],
    ['orders', '/components/orders'],
    ['component:shop/orders', '/entities/component/shop/orders'],
    ['User:default/ana', '/entities/user/default/ana'],
  ])('%s leads to %s', (ref, href) => {
    expect(entityHref(ref)).toBe(href)
  })

  test('an owner without kind is a group', () => {
    expect(entityHref('payments', 'group')).toBe('/entities/group/default/payments')
  })

  test.each([
    ['user:default/ana', 'ana'],
    ['system:fairway', 'Fairway'],
    ['orders', 'orders'],
  ])('%s is called %s', (ref, name) => {
    expect(shortRef(ref)).toBe(name)
  })

  test.each([
    ['1', 'v1'],
    ['2026.1', 'v2026.1'],
    ['v3', 'v3'],
  ])('version %s reads %s', (version, label) => {
    expect(versionLabel(version)).toBe(label)
  })

  test.each([
    ['0123456789abcdef0123456789abcdef01234567', '0123456'],
    ['sha256:0123456789abcdef0123', '0123456789ab'],
    ['chg_01k2abcdefghijkl', 'chg_01k…ijkl'],
    ['chg_1', 'chg_1'],
  ])('%s shortens to %s', (id, short) => {
    expect(shortId(id)).toBe(short)
  })
})
