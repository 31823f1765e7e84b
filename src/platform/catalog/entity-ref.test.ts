import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { formatEntityRef, parseEntityRef } from './entity-ref.ts'

describe('parseEntityRef', () => {
  it.each([
    ['orders', { kind: 'Component', namespace: 'default', name: 'orders' }],
    ['api:orders', { kind: 'api', namespace: 'default', name: 'orders' }],
    ['team/orders', { kind: 'Component', namespace: 'team', name: 'orders' }],
    ['API:team/Orders', { kind: 'API', namespace: 'team', name: 'Orders' }],
  ])('%s', (text, parts) => {
    expect(parseEntityRef(text, { kind: 'Component' })).toEqual(parts)
  })

  it.each(['', 'a/b/c', ':x', 'a:b:c', 'a:/x'])('%j is no ref', (text) => {
    expect(parseEntityRef(text, { kind: 'Component' })).toBeUndefined()
  })

  it('needs a kind from somewhere', () => {
    expect(parseEntityRef('orders')).toBeUndefined()
  })

  it('reads back what it wrote', () => {
    const part = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/)
    fc.assert(
      fc.property(part, part, part, (kind, namespace, name) => {
        expect(parseEntityRef(formatEntityRef({ kind, namespace, name }))).toEqual({ kind, namespace, name })
      }),
    )
  })
})
