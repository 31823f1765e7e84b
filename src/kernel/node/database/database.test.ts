import { expect, it } from 'vitest'
import { isConnectionFailure } from './database.ts'

const withCode = (code: string, more: object = {}): Error => Object.assign(new Error(`failed with ${code}`), { code, ...more })

it.each([
  ['a server that does not listen', withCode('ECONNREFUSED'), true],
  ['a name that is not known now', withCode('ENOTFOUND'), true],
  ['a network that is away', withCode('EHOSTUNREACH'), true],
  ['a connection that timed out', withCode('ETIMEDOUT'), true],
  ['a server that shuts down', withCode('57P01'), true],
  ['a primary that has become a replica', withCode('25006'), true],
  ['no socket file', withCode('ENOENT', { syscall: 'connect' }), true],
  ['another file that is missing', withCode('ENOENT', { syscall: 'open' }), false],
  ['a client that broke earlier', new Error('Client has encountered a connection error and is not queryable'), true],
  ['a row that is there already', withCode('23505'), false],
  ['a syntax error', withCode('42601'), false],
  ['something else', 'text', false],
])('tells whether the database is away by %s', (_what, error, isAway) => {
  expect(isConnectionFailure(error)).toBe(isAway)
})
