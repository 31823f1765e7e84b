import { describe, expect, it } from 'vitest'
import { EXIT, exitCodeOfChange, exitCodeOfStatus } from './exit.ts'
import { ttlSeconds } from './commands/token-commands.ts'
import { ageText, durationText, tableText } from './terminal.ts'

const now = new Date('2026-11-24T12:00:00Z')

describe('texts', () => {
  it.each([
    { seconds: 0, text: '0s' },
    { seconds: 59.4, text: '59s' },
    { seconds: 72, text: '1m 12s' },
    { seconds: 3_600, text: '1h' },
    { seconds: 90_061, text: '1d 1h' },
  ])('$seconds s is $text', ({ seconds, text }) => {
    expect(durationText(seconds)).toBe(text)
  })

  it.each([
    { at: '2026-11-24T11:59:58Z', text: 'just now' },
    { at: '2026-11-24T11:55:00Z', text: '5m ago' },
    { at: '2026-11-24T13:00:00Z', text: 'in 1h' },
  ])('$at is $text', ({ at, text }) => {
    expect(ageText(at, now)).toBe(text)
  })

  it('aligns columns by what is seen, not by colour codes', () => {
    const lines = tableText(
      ['a', 'b'],
      [
        ['\u001B[32mgood\u001B[39m', 'x'],
        ['no', 'y'],
      ],
    ).split('\n')
    // oxlint-disable-next-line no-control-regex -- the escape character begins a colour code
    expect(lines.slice(1).map((line) => line.replaceAll(/\u001B\[[0-9;]*m/g, ''))).toEqual(['good  x', 'no    y'])
  })
})

it.each([
  { state: 'done', code: EXIT.done },
  { state: 'waiting', code: EXIT.waiting },
  { state: 'denied', code: EXIT.denied },
  { state: 'rejected', code: EXIT.denied },
  { state: 'rolled_back', code: EXIT.failed },
  { state: 'cancelled', code: EXIT.failed },
])('a change that is $state exits with $code', ({ state, code }) => {
  expect(exitCodeOfChange(state)).toBe(code)
})

it.each([
  { status: 403, code: EXIT.denied },
  { status: 401, code: EXIT.denied },
  { status: 400, code: EXIT.usage },
  { status: 404, code: EXIT.failed },
  { status: 0, code: EXIT.failed },
])('an answer of $status exits with $code', ({ status, code }) => {
  expect(exitCodeOfStatus(status)).toBe(code)
})

it('reads durations and refuses others', () => {
  expect(ttlSeconds('1h')).toBe(3_600)
  expect(ttlSeconds('30d')).toBe(2_592_000)
  expect(() => ttlSeconds('soon')).toThrow('1h')
})
