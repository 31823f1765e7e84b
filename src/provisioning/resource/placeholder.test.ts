import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindText, bindVariables } from './placeholder.ts'

const url = { secretPath: 'resources/orders/dev/db/url' }
const scope = {
  metadata: { name: 'orders', annotations: { 'a.b/c': 'dotted' } },
  resources: { db: { host: 'localhost', port: 5432, url, nested: { deep: true } }, data: { source: 'vol-1' } },
}

describe('bindText', () => {
  it.each([
    ['plain', { value: 'plain' }],
    ['', { value: '' }],
    ['${metadata.name}', { value: 'orders' }],
    ['${metadata.annotations.a\\.b/c}', { value: 'dotted' }],
    ['http://${resources.db.host}:${resources.db.port}/x', { value: 'http://localhost:5432/x' }],
    ['${resources.db.url}', url],
    ['${resources.db.url}?sslmode=disable', { text: [url, '?sslmode=disable'] }],
    ['a${resources.db.url}b${resources.db.url}', { text: ['a', url, 'b', url] }],
    ['${resources.db.nested}', { value: '{"deep":true}' }],
    ['${resources.db.nested.deep}', { value: 'true' }],
    ['${resources.data}', { value: 'vol-1' }],
    ['$${metadata.name}', { value: '${metadata.name}' }],
    ['5$ and $$5', { value: '5$ and $5' }],
    ['${metadata.name', { value: '${metadata.name' }],
  ])('%s', (text, bound) => expect(bindText(text, scope)).toEqual({ bound, problems: [] }))

  it.each([
    ['${resources.cache.host}', '"${resources.cache.host}" names nothing; there are resources "data", "db"'],
    ['${resources.db.pasword}', '"${resources.db.pasword}" names nothing; resource "db" has "host", "nested", "port", "url"'],
    ['${resources.db.constructor}', 'names nothing'],
    ['${resources.__proto__.x}', 'names nothing'],
    ['${metadata.nme}', '"${metadata.nme}" names nothing; metadata has "annotations", "name"'],
    ['${metadata}', 'names nothing'],
    ['${env.HOME}', 'a placeholder begins with "metadata." or "resources."'],
    ['${}', 'a placeholder begins with'],
    ['${resources}', 'names nothing'],
  ])('%s is a problem that says what there is', (text, message) => expect(bindText(text, scope).problems.join()).toContain(message))

  it('leaves text without a dollar as it is, and keeps escaped text literally', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const plain = text.replaceAll('$', '')
        expect(bindText(plain, scope)).toEqual({ bound: { value: plain }, problems: [] })
        expect(bindText(text.replaceAll('$', '$$$$'), scope).bound).toEqual({ value: text })
      }),
    )
  })
})

it('names the variable whose placeholder is wrong', () => {
  expect(bindVariables({ A: '${metadata.name}', B: '${resources.x}' }, scope, 'containers.main.variables')).toMatchObject({
    environment: { A: { value: 'orders' } },
    problems: [{ field: 'containers.main.variables.B' }],
  })
})
