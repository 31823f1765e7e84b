import { describe, expect, test } from 'vitest'
import { formatLatency, formatMoney, formatPercent, formatSize, plural } from './quantity.ts'

describe('quantities', () => {
  test.each([
    [0, '0 B'],
    [812, '812 B'],
    [1400, '1.4 kB'],
    [23_100_000, '23 MB'],
    [999_600, '1.0 MB'],
  ])('%d bytes read %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text)
  })

  test.each([
    [420, false, '€4.20'],
    [-100, false, '−€1.00'],
    [420, true, '+€4.20'],
    [-100, true, '−€1.00'],
    [0, true, '±€0.00'],
    [123_456_00, false, '€123,456.00'],
  ])('%d cents (delta %s) read %s', (cents, isDelta, text) => {
    expect(formatMoney(cents, isDelta)).toBe(text)
  })

  test.each([
    [0, 'file', undefined, '0 files'],
    [1, 'file', undefined, '1 file'],
    [20_000, 'entity', 'entities', '20,000 entities'],
  ])('%d %s', (count, one, many, text) => {
    expect(plural(count, one, many)).toBe(text)
  })

  test.each([
    [0.9995, '99.95%'],
    [1, '100%'],
    [0.5, '50%'],
    [0.004, '0.4%'],
    [0, '0%'],
  ])('ratio %d reads %s', (ratio, text) => {
    expect(formatPercent(ratio)).toBe(text)
  })

  test.each([
    [null, '–'],
    [4.26, '4.3 ms'],
    [240, '240 ms'],
    [1240, '1.24 s'],
  ])('latency %s reads %s', (ms, text) => {
    expect(formatLatency(ms)).toBe(text)
  })
})
