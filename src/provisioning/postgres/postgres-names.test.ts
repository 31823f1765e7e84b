import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { databaseName, serviceUrl } from './postgres-names.ts'

describe('databaseName', () => {
  it('is plain where it can be', () => expect(databaseName({ component: 'orders', environment: 'dev', name: 'db' })).toBe('orders_dev_db'))

  it('is a valid name, and never that of another target', () => {
    const part = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,62}$/)
    const near = fc.constantFrom('a', 'b', 'a-b', 'a_b', 'a.b', 'a-b-c', 'b-c', '1')
    const resource = fc.record({ component: fc.oneof(part, near), environment: fc.oneof(part, near), name: fc.oneof(part, near) })
    fc.assert(
      fc.property(resource, resource, (one, other) => {
        expect(databaseName(one)).toMatch(/^[a-z][a-z0-9_]{0,62}$/)
        fc.pre(JSON.stringify(one) !== JSON.stringify(other))
        expect(databaseName(one)).not.toBe(databaseName(other))
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('serviceUrl', () => {
  it('leads over the socket when the server has no other door', () => {
    expect(serviceUrl('postgresql://postgres:secret@localhost:5432/postgres?host=%2Ftmp%2Fx', { name: 'orders', password: 'p/w' })).toEqual({
      url: 'postgresql://orders:p%2Fw@localhost:5432/orders?host=%2Ftmp%2Fx',
      host: '/tmp/x',
      port: 5432,
    })
  })

  it('leads to the host otherwise', () => {
    expect(serviceUrl('postgres://admin@db.internal/postgres', { name: 'orders', password: 'pw' }).url).toBe('postgresql://orders:pw@db.internal:5432/orders')
  })
})
