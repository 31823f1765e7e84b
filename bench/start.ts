import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, type BenchContext, type Measurement } from './measure.ts'
import { startMeasured, type MeasuredPlatform } from './platform.ts'

/** Time to ready on walked and on no data, and time to stop. */
export async function measureStart(context: BenchContext): Promise<Measurement[]> {
  const { dataDir } = await context.walked()
  await startAndStop(dataDir) // compiled code is in its cache from here on
  const existing: number[] = []
  const empty: number[] = []
  const stops: number[] = []
  const cpus: number[] = []
  for (let run = 0; run < context.runs; run++) {
    const warm = await startAndStop(dataDir)
    existing.push(warm.readyMs)
    stops.push(warm.stopMs)
    cpus.push(warm.readyCpuMs ?? 0)
    const fresh = await mkdtemp(path.join(tmpdir(), 'fairway-bench-'))
    empty.push((await startAndStop(fresh)).readyMs)
    await rm(fresh, { recursive: true, force: true })
  }
  return [
    {
      name: 'ready on existing data',
      value: median(existing),
      unit: 'ms',
      aim: '<= 1200',
      how: `spawn to /readyz 200, walked data with its workloads, ${median(cpus)} ms of CPU in the process`,
      samples: existing,
    },
    {
      name: 'ready on an empty folder',
      value: median(empty),
      unit: 'ms',
      aim: '<= 4000',
      how: 'spawn to /readyz 200, initdb and migrations included',
      samples: empty,
    },
    { name: 'stop', value: median(stops), unit: 'ms', aim: '<= 2000', how: 'SIGINT to exit on walked data, workloads and PostgreSQL stopped', samples: stops },
  ]
}

async function startAndStop(dataDir: string): Promise<Pick<MeasuredPlatform, 'readyMs' | 'readyCpuMs'> & { stopMs: number }> {
  const platform = await startMeasured(dataDir)
  await sleep(2_000) // adopted workloads are up, and background rounds have begun
  return { ...platform, stopMs: await platform.stop() }
}
