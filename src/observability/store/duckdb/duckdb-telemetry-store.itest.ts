import { fork } from 'node:child_process'
import { appendFile, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { silentLogger } from '#kernel/node/log'
import { logRow, telemetryStoreContract } from '../telemetry-store-contract.ts'
import { Spool } from '../spool.ts'
import { encodeRows } from '../telemetry-table.ts'
import { DuckdbTelemetryStore, type DuckdbTelemetryStoreOptions } from './duckdb-telemetry-store.ts'

const makeDir = (): Promise<string> => mkdtemp(path.join(tmpdir(), 'fairway-telemetry-'))
const open = (folder: string, options: Partial<DuckdbTelemetryStoreOptions> = {}): DuckdbTelemetryStore =>
  new DuckdbTelemetryStore({ folder, log: silentLogger, ...options })
const everything = { fromUs: 0, toUs: 1e16, words: [], limit: 1000 }

telemetryStoreContract('duckdb', async () => open(await makeDir()))

it('starts no process and opens no file before the first call', async () => {
  const folder = await makeDir()
  await using store = open(folder)
  expect([await readdir(folder), store.enginePid]).toEqual([[], undefined])
})

it('keeps rows in the spool without a process until somebody asks, and ends the process when nobody does', async () => {
  await using store = open(await makeDir(), { idleMs: 10 })
  await store.append('log', [logRow()])
  expect(store.enginePid).toBeUndefined()
  expect(await store.logs(everything)).toHaveLength(1)
  expect(store.pendingBytes).toBe(0)
  expect(store.enginePid).toBeDefined()
  await vi.waitFor(() => expect(store.enginePid).toBeUndefined(), { timeout: 10_000 })
  expect(await store.logs(everything)).toHaveLength(1)
})

it('stores what waits without being asked once it is much', async () => {
  await using store = open(await makeDir(), { wakeBytes: 1000, idleMs: 60_000 })
  await store.append('log', [logRow({ body: 'x'.repeat(2000) })])
  await vi.waitFor(() => expect(store.pendingBytes).toBe(0), { timeout: 10_000 })
})

it('has everything once after a restart', async () => {
  const folder = await makeDir()
  {
    await using store = open(folder)
    await store.append('log', [logRow({ body: 'one' })])
    await store.logs(everything)
    await store.append('log', [logRow({ body: 'two' })])
  }
  await using store = open(folder)
  expect((await store.logs(everything)).map((row) => row.body)).toEqual(['two', 'one'])
})

it('imports a segment once, also when it comes again after a crash between commit and removal', async () => {
  const folder = await makeDir()
  {
    await using store = open(folder)
    await store.append('log', [logRow()])
  }
  const spoolFolder = path.join(folder, 'spool', 'log')
  const [name = ''] = await readdir(spoolFolder)
  const segment = await readFile(path.join(spoolFolder, name))
  {
    await using store = open(folder)
    expect(await store.logs(everything)).toHaveLength(1)
  }
  await writeFile(path.join(spoolFolder, name), segment)
  await using store = open(folder)
  expect(await store.logs(everything)).toHaveLength(1)
  expect(await readdir(spoolFolder)).toEqual([])
})

it('takes over up to a torn line and no further', async () => {
  const folder = await makeDir()
  const spoolFolder = path.join(folder, 'spool', 'log')
  const spool = new Spool(spoolFolder)
  await spool.recover()
  await spool.append(encodeRows('log', [logRow({ body: 'whole' })]))
  const [name = ''] = await readdir(spoolFolder)
  await spool.seal()
  await appendFile(path.join(spoolFolder, name), '{"at_us":12,"bo')
  await using store = open(folder)
  expect((await store.logs(everything)).map((row) => row.body)).toEqual(['whole'])
})

it('loses nothing that was acknowledged, and doubles nothing, when the process is killed at any moment', async () => {
  const folder = await makeDir()
  const acknowledged = new Set<string>()
  for (let round = 0; round < 4; round++) {
    const child = fork(fileURLToPath(new URL('append-until-killed.ts', import.meta.url)), [folder, String(round)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
    const enough = 40 + round * 37
    child.on('message', (body: string) => {
      acknowledged.add(body)
      if (acknowledged.size % enough === 0) child.kill('SIGKILL')
    })
    await gone
  }
  await using store = open(folder)
  const bodies = (await store.logs({ ...everything, limit: 100_000 })).map((row) => row.body)
  expect(new Set(bodies).size).toBe(bodies.length)
  expect([...acknowledged].filter((body) => !bodies.includes(body))).toEqual([])
  expect(acknowledged.size).toBeGreaterThan(100)
})

it('says that it is unavailable when its process is killed, and works again at the next call', async () => {
  await using store = open(await makeDir())
  await store.append('log', [logRow()])
  await store.logs(everything)
  const pid = store.enginePid ?? 0
  process.kill(pid, 'SIGKILL')
  await vi.waitFor(() => expect(store.enginePid).not.toBe(pid))
  expect(await store.logs(everything)).toHaveLength(1)
})

it('moves a broken file aside and goes on', async () => {
  const folder = await makeDir()
  await writeFile(path.join(folder, 'telemetry.duckdb'), 'this is no database'.repeat(1000))
  await using store = open(folder)
  await store.append('log', [logRow()])
  expect(await store.logs(everything)).toHaveLength(1)
  expect((await readdir(folder)).some((name) => name.startsWith('telemetry.duckdb.aside-'))).toBe(true)
})

it('refuses more than it can hold, with a time to come back', async () => {
  await using store = open(await makeDir(), { maxPendingBytes: 100 })
  await store.append('log', [logRow()])
  await expect(store.append('log', [logRow()])).rejects.toMatchObject({ code: 'observability.store.overloaded', retryAfterSeconds: 5 })
})

it('stops a query that takes too long, and the next one works', async () => {
  const folder = await makeDir()
  await using store = open(folder, { queryLimitMs: 1 })
  const rows = Array.from({ length: 20_000 }, (_, index) => logRow({ body: `line ${index} ${'x'.repeat(200)}` }))
  for (let batch = 0; batch < 5; batch++) await store.append('log', rows)
  await expect(store.logs({ ...everything, words: ['nothing has this'] })).rejects.toMatchObject({ code: 'observability.store.query_too_slow' })
  expect(await store.watchedMinutes({ fromUs: 0, toUs: 1 })).toEqual([])
})
