import { describe, expect, test } from 'vitest'
import type { Environment, MatrixCell, MatrixRow } from '../../api/shapes.ts'
import { firstEnvironment, nextEnvironment, promotionOf } from './promotion.ts'

const environments = ['dev', 'staging', 'production'].map((name, order) => ({ name, title: name, order })) as Environment[]
const cell = (release: string, activeChangeId: string | null = null) => ({ release, version: release, activeChangeId }) as MatrixCell
const row = (cells: MatrixRow['cells']): MatrixRow => ({ component: 'orders', title: 'Orders', owner: 'payments', cells })

describe('where a release goes next', () => {
  test.each([
    ['to the empty next environment', row({ dev: cell('r1') }), 'dev', 'staging'],
    ['not where it already is', row({ dev: cell('r1'), staging: cell('r1') }), 'dev', undefined],
    ['where an older one is', row({ dev: cell('r2'), staging: cell('r1') }), 'dev', 'staging'],
    ['not while a change is under way there', row({ dev: cell('r2'), staging: cell('r1', 'chg_1') }), 'dev', undefined],
    ['nowhere after the last', row({ production: cell('r1') }), 'production', undefined],
    ['nowhere from where nothing is', row({}), 'dev', undefined],
  ])('%s', (_, of, from, to) => {
    expect(nextEnvironment({ environments }, of, from)).toBe(to)
  })

  test('a new release begins in the first environment, however they are listed', () => {
    expect(firstEnvironment({ environments: [...environments].reverse() })).toBe('dev')
    expect(firstEnvironment({ environments: [] })).toBeUndefined()
  })

  test('the key promotes what is furthest', () => {
    const matrix = { environments, rows: [] }
    expect(promotionOf(matrix, row({ dev: cell('r3'), staging: cell('r2'), production: cell('r1') }))).toMatchObject({ from: 'staging', to: 'production' })
    expect(promotionOf(matrix, row({ dev: cell('r1'), staging: cell('r1'), production: cell('r1') }))).toBeUndefined()
  })
})
