import { hostname } from 'node:os'
import { expect, it } from 'vitest'
import { bootId } from '#kernel/node/process'
import { executorIdentity, isKnownDead } from './executor-identity.ts'

it('never takes a living executor for dead, above all not itself', () => {
  expect(isKnownDead(executorIdentity())).toBe(false)
})

it.each([
  ['the pid belongs to a later process', [hostname(), bootId(), process.pid, 'another start', 'exe_1'], true],
  ['its process has gone', [hostname(), bootId(), 0x7fff_fff0, '1', 'exe_1'], true],
  ['it is of another boot', [hostname(), 'deadbeef', process.pid, '1', 'exe_1'], true],
  ['it is of another machine', ['elsewhere', bootId(), 0x7fff_fff0, '1', 'exe_1'], false],
  ['the system did not tell its start', [hostname(), bootId(), 0x7fff_fff0, '', 'exe_1'], false],
])('judges an executor when %s', (_when, parts, isDead) => {
  expect(isKnownDead(parts.join('/'))).toBe(isDead)
})
