import { appendFile, mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { ManualClock } from '#kernel/common/clock'
import { JobLog } from './job-log.ts'
import { LogSignal } from './log-signal.ts'
import { readLog } from './read-log.ts'

const clock = new ManualClock()

async function fresh(limitBytes?: number): Promise<{ file: string; open: () => Promise<JobLog> }> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'log-')), 'a', 'job.log')
  return { file, open: () => JobLog.open({ file, clock, signal: new LogSignal(), ...(limitBytes === undefined ? {} : { limitBytes }) }) }
}

it('reads any page of a long log by line number', async () => {
  const { file, open } = await fresh()
  const log = await open()
  for (let n = 1; n <= 1_000; n++) log.write(`line ${n} €`)
  await log[Symbol.asyncDispose]()
  for (const from of [1, 2, 127, 128, 129, 500, 1_000]) {
    const lines = await readLog(file, from, 3)
    expect(lines.map((line) => line.text)).toEqual([from, from + 1, from + 2].filter((n) => n <= 1_000).map((n) => `line ${n} €`))
    expect(lines[0]?.n).toBe(from)
  }
  expect(await readLog(file, 1_001, 3)).toEqual([])
})

it('goes on behind the last whole line after a crash', async () => {
  const { file, open } = await fresh()
  const first = await open()
  for (let n = 1; n <= 300; n++) first.write(`line ${n}`)
  await first[Symbol.asyncDispose]()
  await appendFile(file, '2026-01-01T00:00:00.000Z half a li')
  const second = await open()
  expect(second.nextLine).toBe(301)
  second.write('after')
  await second[Symbol.asyncDispose]()
  expect(await readLog(file, 300, 9)).toMatchObject([
    { n: 300, text: 'line 300' },
    { n: 301, text: 'after' },
  ])
})

it('ends at its cap with a line that says so', async () => {
  const { file, open } = await fresh(10_000)
  const log = await open()
  for (let n = 1; n <= 1_000; n++) log.write(`line ${n}`)
  await log[Symbol.asyncDispose]()
  expect((await stat(file)).size).toBeLessThan(10_200)
  expect(await readFile(file, 'utf8')).toMatch(/This log is larger than .* what follows is not kept\.\n$/)
})

it('marks groups and levels, and keeps colours', async () => {
  const { file, open } = await fresh()
  const log = await open()
  for (const line of ['##[group]Install', '\u001b[32mok\u001b[0m', '##[endgroup]', '##[error]No such file']) log.write(line)
  await log[Symbol.asyncDispose]()
  expect((await readLog(file, 1, 10)).map(({ n: _n, at: _at, ...rest }) => rest)).toEqual([
    { text: 'Install', group: 'start' },
    { text: '\u001b[32mok\u001b[0m' },
    { text: '', group: 'end' },
    { text: 'No such file', level: 'error' },
  ])
})
