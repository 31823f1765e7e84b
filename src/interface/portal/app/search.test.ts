import { describe, expect, test } from 'vitest'
import { oneOf, present, text, whole, without } from './search.ts'

describe('search parameters', () => {
  test.each([
    [{ q: 'orders' }, 'orders'],
    [{ q: 42 }, '42'],
    [{ q: '' }, undefined],
    [{ q: { a: 1 } }, undefined],
    [{}, undefined],
  ])('text of %j is %s', (raw, value) => {
    expect(text(raw, 'q')).toBe(value)
  })

  test('a word that is none of the choices falls away', () => {
    expect(oneOf({ tab: 'logs' }, 'tab', ['logs', 'traces'])).toBe('logs')
    expect(oneOf({ tab: 'nope' }, 'tab', ['logs', 'traces'])).toBeUndefined()
  })

  test.each([
    [{ line: 12 }, 12],
    [{ line: '12' }, 12],
    [{ line: -1 }, undefined],
    [{ line: 'x' }, undefined],
    [{}, undefined],
  ])('whole number of %j is %s', (raw, value) => {
    expect(whole(raw, 'line')).toBe(value)
  })

  test('a filter is taken back without touching the others', () => {
    const search = { q: 'a', level: 'warn', range: '1h' }
    expect(without(search, 'q', 'level')).toEqual({ range: '1h' })
    expect(search).toEqual({ q: 'a', level: 'warn', range: '1h' })
  })

  test('absent members stay out of the address', () => {
    expect(present({ a: 1, b: undefined })).toEqual({ a: 1 })
  })
})
