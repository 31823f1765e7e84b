import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { entityCount, isAnswered, serviceToken } from './catalog/api.ts'
import { closedLoop, type LoadRound, type LoadTarget } from './catalog/closed-loop.ts'
import { databaseUrlOf, readDatabaseSize, type DatabaseSize } from './catalog/database-size.ts'
import { MeasuredServer, type ServerCpu } from './catalog/measured-server.ts'
import { CatalogFolder } from './catalog/folder.ts'
import type { CatalogPlace, Edit } from './catalog/place.ts'
import { CatalogClone } from './catalog/push.ts'
import { fillCatalog } from './catalog/sql-fill.ts'
import { SCENARIOS, type Mode, type Scenario } from './catalog/scenarios.ts'
import { entityCountOf, type CatalogSize } from './catalog/seeded-catalog.ts'
import { lineOf, median, type BenchContext, type Measurement } from './measure.ts'
import { startMeasured } from './platform.ts'

const WARM_UP_SECONDS = 0.5
const EDITS = 15

/** The questions that people ask of a catalog, over HTTP, at the sizes that Backstage was measured with; and what taking in a catalog costs. */
export async function measureCatalog(context: BenchContext): Promise<Measurement[]> {
  const measurements: Measurement[] = []
  for (const components of context.catalog.components) measurements.push(...(await measureSize({ components }, context)))
  return measurements
}

async function measureSize(size: CatalogSize, context: BenchContext): Promise<Measurement[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-bench-'))
  const folder = await mkdtemp(path.join(tmpdir(), 'fairway-bench-files-'))
  const environment = { FAIRWAY_CATALOG_FOLDERS: folder }
  let platform = await startMeasured(dataDir, environment)
  try {
    await sleep(3_000) // what ships with the platform is in its repositories and the catalog
    const measurements: Measurement[] = []
    if (context.catalog.isFilled) {
      const before = await readDatabaseSize(dataDir)
      const took = await fillCatalog(await databaseUrlOf(dataDir), size)
      const after = await readDatabaseSize(dataDir)
      await platform.stop()
      const startedAt = performance.now()
      platform = await startMeasured(dataDir, environment)
      // The first answer waits for the index, which is filled behind the open door.
      await entityCount({ url: platform.url, token: (await readFile(path.join(dataDir, 'admin.token'), 'utf8')).trim() })
      const seenMs = performance.now() - startedAt
      measurements.push(...filledMeasurements(size, { took, before, after, seenMs, readyMs: platform.readyMs, readyCpuMs: platform.readyCpuMs ?? 0 }))
    }
    const server = await MeasuredServer.of(platform.pid, dataDir)
    const administrator = { url: platform.url, token: (await readFile(path.join(dataDir, 'admin.token'), 'utf8')).trim() }
    if (size.components > 0 && !context.catalog.isFilled) {
      await using place = context.catalog.isPushed ? await CatalogClone.open(administrator) : new CatalogFolder(folder, administrator)
      measurements.push(...(await measureIngest(size, { server, place, dataDir })))
      for (const measured of measurements) context.progress(lineOf(measured))
    }
    const asked = size.components > 0 ? size : { components: 1 }
    measurements.push(...(await measureQueries(asked, context, server, await serviceToken(administrator))))
    return measurements
  } finally {
    await platform.stop()
    await rm(dataDir, { recursive: true, force: true })
    await rm(folder, { recursive: true, force: true })
  }
}

function filledMeasurements(
  size: CatalogSize,
  {
    took,
    before,
    after,
    seenMs,
    readyMs,
    readyCpuMs,
  }: { took: number; before: DatabaseSize; after: DatabaseSize; seenMs: number; readyMs: number; readyCpuMs: number },
): Measurement[] {
  const entities = entityCountOf(size)
  return [
    {
      name: `${labelOf(size)} ready`,
      value: readyMs,
      unit: 'ms',
      how: `start on a catalog that SQL filled in ${took.toFixed(0)} s, ${(readyCpuMs / 1000).toFixed(1)} s of CPU in the process; all entities seen after ${(seenMs / 1000).toFixed(1)} s`,
    },
    {
      name: `${labelOf(size)} database`,
      value: (after.totalBytes - before.totalBytes) / entities / 1024,
      unit: 'KiB an entity',
      aim: '<= 4',
      how: 'growth of the whole database, filled by SQL',
      details: growthOf(before, after, entities),
    },
  ]
}

async function measureIngest(size: CatalogSize, at: { server: MeasuredServer; place: CatalogPlace; dataDir: string }): Promise<Measurement[]> {
  const label = labelOf(size)
  const before = await readDatabaseSize(at.dataDir)
  const ingest = await at.place.ingest(size, at.server)
  const after = await readDatabaseSize(at.dataDir)
  const memory = at.server.memory()
  const edits: Edit[] = []
  for (let edit = 0; edit < EDITS; edit++) edits.push(await at.place.edit(size, Math.floor((edit * size.components) / EDITS)))
  return [
    {
      name: `${label} ingest`,
      value: ingest.seconds,
      unit: 's',
      how: `by ${at.place.kind}, to the last of ${ingest.entities} entities seen, the telling ${ingest.saidSeconds.toFixed(1)} s; CPU ${seconds(ingest.nodeMs)} node + ${seconds(ingest.postgresMs)} PostgreSQL`,
      figures: { ...ingest },
    },
    {
      name: `${label} database`,
      value: (after.totalBytes - before.totalBytes) / ingest.entities / 1024,
      unit: 'KiB an entity',
      aim: '<= 4',
      how: 'growth of the whole database, events included',
      details: growthOf(before, after, ingest.entities),
    },
    {
      name: `${label} memory after the ingest`,
      value: memory.nodePssMiB,
      unit: 'MiB',
      how: `PSS of the platform, RSS ${memory.nodeRssMiB.toFixed(0)}, PostgreSQL ${memory.postgresPssMiB.toFixed(0)} MiB PSS`,
      figures: { ...memory },
    },
    {
      name: `${label} edit to visible`,
      value: median(edits.map((edit) => edit.visibleMs)),
      unit: 'ms',
      how: `by ${at.place.kind}, one altered entity told of to seen, n = ${EDITS}, the telling ${median(edits.map((edit) => edit.saidMs)).toFixed(0)} ms, max ${Math.max(...edits.map((edit) => edit.visibleMs)).toFixed(0)} ms`,
      samples: edits.map((edit) => edit.visibleMs),
    },
  ]
}

/** Growth of the largest tables. */
function growthOf(before: DatabaseSize, after: DatabaseSize, entities: number): string[] {
  return [...after.tables]
    .map(([table, bytes]) => ({ table, bytes: bytes - (before.tables.get(table) ?? 0) }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 8)
    .map(({ table, bytes }) => `${table}: ${(bytes / 2 ** 20).toFixed(1)} MiB, ${(bytes / entities).toFixed(0)} bytes an entity`)
}

async function measureQueries(size: CatalogSize, context: BenchContext, server: MeasuredServer, target: LoadTarget): Promise<Measurement[]> {
  const { only, modes, seconds: roundSeconds } = context.catalog
  const measurements: Measurement[] = []
  const wanted = SCENARIOS.filter((scenario) => only.length === 0 || only.includes(scenario.name))
  for (const mode of modes as Mode[]) {
    for (const scenario of wanted) {
      if (!(await isAnswered(target, scenario.requests(size, mode, 0)()))) {
        process.stderr.write(`${scenario.name}: not answered here\n`)
        continue
      }
      const measured = await measureScenario(scenario, { size, mode, server, target, roundSeconds, runs: context.runs })
      context.progress(lineOf(measured))
      measurements.push(measured)
    }
  }
  const memory = server.memory()
  return [
    ...measurements,
    {
      name: `${labelOf(size)} memory after the load`,
      value: memory.nodePssMiB,
      unit: 'MiB',
      aim: '<= 250',
      how: `PSS of the platform, RSS ${memory.nodeRssMiB.toFixed(0)}, PostgreSQL ${memory.postgresPssMiB.toFixed(0)} MiB PSS`,
      figures: { ...memory },
      details: tableOf(measurements),
    },
  ]
}

interface Load {
  size: CatalogSize
  mode: Mode
  server: MeasuredServer
  target: LoadTarget
  roundSeconds: number
  runs: number
}

async function measureScenario(scenario: Scenario, { size, mode, server, target, roundSeconds, runs }: Load): Promise<Measurement> {
  await closedLoop(target, scenario.requests(size, mode, 1), WARM_UP_SECONDS)
  const rounds: LoadRound[] = []
  const cpu: ServerCpu[] = []
  for (let run = 0; run < runs; run++) {
    const before = server.cpu()
    const round = await closedLoop(target, scenario.requests(size, mode, 2 + run), roundSeconds)
    const after = server.cpu()
    rounds.push(round)
    cpu.push({ nodeMs: (after.nodeMs - before.nodeMs) / round.requests, postgresMs: (after.postgresMs - before.postgresMs) / round.requests })
  }
  const of = (pick: (round: LoadRound) => number): number => median(rounds.map(pick))
  const all = cpu.map((one) => one.nodeMs + one.postgresMs)
  const figures = {
    perSecond: of((round) => round.perSecond),
    minPerSecond: Math.min(...rounds.map((round) => round.perSecond)),
    maxPerSecond: Math.max(...rounds.map((round) => round.perSecond)),
    p50Ms: of((round) => round.p50Ms),
    p95Ms: of((round) => round.p95Ms),
    p99Ms: of((round) => round.p99Ms),
    cpuMs: median(all),
    postgresCpuMs: median(cpu.map((one) => one.postgresMs)),
    bodyBytes: of((round) => round.bodyBytes),
  }
  return {
    name: `${labelOf(size)} ${mode} ${scenario.name}`,
    value: figures.cpuMs,
    unit: 'ms CPU/request',
    how: `PostgreSQL's part ${figures.postgresCpuMs.toFixed(3)}; ${figures.perSecond.toFixed(0)} requests/s over 8 connections, p50 ${figures.p50Ms.toFixed(1)} p95 ${figures.p95Ms.toFixed(1)} p99 ${figures.p99Ms.toFixed(1)} ms, ${figures.bodyBytes.toFixed(0)} bytes`,
    samples: all,
    figures,
  }
}

/** The same as a table in Markdown, to publish. */
function tableOf(measurements: readonly Measurement[]): string[] {
  const rows = measurements.map(({ name, figures = {} }) => {
    const f = (key: string, digits: number): string => (figures[key] ?? 0).toFixed(digits)
    return `| ${name} | ${f('perSecond', 0)} (${f('minPerSecond', 0)}–${f('maxPerSecond', 0)}) | ${f('p50Ms', 1)} | ${f('p95Ms', 1)} | ${f('p99Ms', 1)} | ${f('cpuMs', 3)} | ${f('postgresCpuMs', 3)} | ${f('bodyBytes', 0)} |`
  })
  return [
    '| scenario | req/s (min–max) | p50 ms | p95 ms | p99 ms | CPU ms/req (node+PG) | of that PG | body bytes |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ]
}

function labelOf(size: CatalogSize): string {
  return `${entityCountOf(size)} entities`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
