import { expect, it } from 'vitest'
import { logRowOfLine, type WorkloadLine } from './log-line.ts'
import { wordsOf } from './log-routes.ts'

const entry: WorkloadLine = {
  at: new Date(1_000),
  component: 'orders',
  environment: 'dev',
  release: 'rel_1',
  version: '1',
  instance: 'a',
  stream: 'stdout',
  line: '',
}

it.each([
  { line: 'plain text', expected: { severity: 'info', body: 'plain text', attributes: '{}' } },
  { line: 'Error: why', stream: 'stderr' as const, expected: { severity: 'error', body: 'Error: why' } },
  { line: '{"level":"warn","message":"slow","ms":7}', expected: { severity: 'warn', severityNumber: 13, body: 'slow', attributes: '{"ms":7}' } },
  { line: '{"level":50,"time":1,"msg":"pino","err":{"code":"E"}}', expected: { severity: 'error', body: 'pino', attributes: '{"err":{"code":"E"}}' } },
  { line: '{"severity":"CRITICAL","message":"gcp"}', expected: { severity: 'fatal', body: 'gcp' } },
  { line: '{"level":"INFO","message":"on stderr"}', stream: 'stderr' as const, expected: { severity: 'info' } },
  { line: '{"no":"message"}', expected: { severity: 'info', body: '{"no":"message"}', attributes: '{"no":"message"}' } },
  {
    line: `{"msg":"x","trace_id":"${'A'.repeat(32)}","spanId":"${'b'.repeat(16)}"}`,
    expected: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), attributes: '{}' },
  },
  { line: '{"msg":"x","trace_id":7}', expected: { traceId: '' } },
  { line: '{broken', expected: { body: '{broken' } },
  { line: '["list"]', expected: { body: '["list"]' } },
  { line: '', expected: { body: '' } },
])('reads $line', ({ line, stream, expected }) => {
  expect(logRowOfLine({ ...entry, line, ...(stream ? { stream } : {}) })).toMatchObject({ component: 'orders', atUs: 1_000_000, instance: 'a', ...expected })
})

it('cuts a line that never ends', () => {
  expect(logRowOfLine({ ...entry, line: 'x'.repeat(1_000_000) }).body).toHaveLength(65_537)
})

it.each([
  ['timeout order', ['timeout', 'order']],
  ['  "order 7"  failed ', ['order 7', 'failed']],
  ['"unclosed here', ['unclosed', 'here']],
  ['""', []],
  ['', []],
])('reads the words of %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})
