import { describe, expect, test } from 'vitest'
import { durationBetween, formatAge, formatDuration, formatShortAge } from './duration.ts'

describe('formatDuration', () => {
  test.each([
    [-5, '0ms'],
    [0, '0ms'],
    [850, '850ms'],
    [1234, '1.2s'],
    [12_400, '12s'],
    [59_700, '1m 00s'],
    [72_000, '1m 12s'],
    [3_600_000, '1h 00m'],
    [7_500_000, '2h 05m'],
    [273_600_000, '3d 4h'],
  ])('%d ms reads %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

const now = Date.parse('2026-11-22T12:00:00Z')

describe('ages', () => {
  test.each([
    ['2026-11-22T11:59:55Z', 'just now', '5 s'],
    ['2026-11-22T11:59:30Z', '30 s ago', '30 s'],
    ['2026-11-22T11:55:00Z', '5 min ago', '5 min'],
    ['2026-11-22T09:00:00Z', '3 h ago', '3 h'],
    ['2026-11-21T12:00:00Z', '1 day ago', '1 day'],
    ['2026-11-20T12:00:00Z', '2 days ago', '2 days'],
    ['2026-11-22T12:05:00Z', 'in 5 min', '0 s'],
    ['not a date', 'unknown', 'unknown'],
  ])('%s', (at, age, short) => {
    expect(formatAge(at, now)).toBe(age)
    expect(formatShortAge(at, now)).toBe(short)
  })

  test('a time of long ago is a date', () => {
    expect(formatAge('2026-01-05T12:00:00Z', now)).toBe('5 Jan 2026')
  })
})

describe('durationBetween', () => {
  test.each([
    [null, null, null],
    ['2026-11-22T11:59:00Z', null, '1m 00s'],
    ['2026-11-22T11:59:00Z', '2026-11-22T11:59:30Z', '30s'],
  ])('%s to %s', (from, to, text) => {
    expect(durationBetween(from, to, now)).toBe(text)
  })
})
