import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { LogLine } from '../runtime.ts'
import { InstanceLog } from './instance-log.ts'

let folder: string
let lines: LogLine[]
const open = (limits?: { spoolBytes: number; logBytes: number }, onNow: () => void = () => {}): InstanceLog =>
  new InstanceLog({
    folder,
    instance: 'ins_1',
    mask: (text) => text,
    onLine: (line) => lines.push(line),
    now: () => {
      onNow()
      return new Date(0)
    },
    ...(limits ? { limits } : {}),
  })
const spool = (): string => path.join(folder, 'ins_1.stdout')

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'instance-log-'))
  lines = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('empties no spool in the round in which something was read: its replica may be writing', async () => {
  const log = open({ spoolBytes: 10, logBytes: 100_000 })
  appendFileSync(spool(), 'a line of more than ten bytes\n')
  await log.drain()
  expect(readFileSync(spool())).not.toHaveLength(0)
  await log.drain()
  expect(readFileSync(spool())).toHaveLength(0)
  await log.close()
})

it('empties a spool far over its limit although its replica never pauses', async () => {
  const log = open({ spoolBytes: 10, logBytes: 100_000 })
  appendFileSync(spool(), 'x'.repeat(99).concat('\n').repeat(10))
  await log.drain()
  expect(readFileSync(spool())).toHaveLength(0)
  expect(lines).toHaveLength(10)
  await log.close()
})

it('reads lines again that could not be written down', async () => {
  let isBroken = true
  const log = open(undefined, () => {
    if (isBroken) throw new Error('ENOSPC')
  })
  appendFileSync(spool(), 'one\ntwo\n')
  await expect(log.drain()).rejects.toThrow('ENOSPC')
  expect(lines).toEqual([])
  isBroken = false
  await log.drain()
  expect(lines.map((line) => line.line)).toEqual(['one', 'two'])
  await log.close()
})
