import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import * as library from '../src/index.js'

const { DurationError, formatDuration, parseDuration } = library

test('durations are read as people write them', () => {
  for (const [text, ms] of [['1h 30m', 5_400_000], ['1.5h', 5_400_000], ['250ms', 250], ['1d2h3m4s5ms', 93_784_005], [' 90 s ', 90_000], ['0s', 0]])
    assert.equal(parseDuration(text), ms, text)
})

test('what is no duration is told with what it was', () => {
  for (const text of ['', ' ', '5', 'h', '1h 1h', '30m 1h', '1w', '-1h', '1h, 2m', '1e3s', `${'9'.repeat(400)}d`])
    assert.throws(() => parseDuration(text), (error) => error instanceof DurationError && error.text === text, text)
})

test('durations are written with so many units, the last one rounded', () => {
  for (const [ms, parts, text] of [[5_400_000, 2, '1h 30m'], [93_784_005, 2, '1d 2h'], [93_784_005, 5, '1d 2h 3m 4s 5ms'], [59_900, 1, '1m'], [59_900, 2, '59s 900ms'], [0, 2, '0ms'], [0.2, 2, '0ms'], [3_599_999, 2, '1h']])
    assert.equal(formatDuration(ms, { parts }), text, `${ms} in ${parts}`)
})

test('whatever is written can be read again', () => {
  for (let ms = 1; ms < 1e10; ms = Math.ceil(ms * 1.7)) assert.equal(parseDuration(formatDuration(ms, { parts: 5 })), ms)
})

test('a number that is no duration is refused', () => {
  for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => formatDuration(ms), RangeError)
  assert.throws(() => formatDuration(1, { parts: 0 }), RangeError)
})

test('the types speak of all that there is, and of nothing else', async () => {
  const declared = [...(await readFile('src/index.d.ts', 'utf8')).matchAll(/^export (?:function|class|const) (\w+)/gm)].map((match) => match[1])
  assert.deepEqual([...new Set(declared)].sort(), Object.keys(library).sort())
})
