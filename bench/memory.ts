import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { median, type BenchContext, type Measurement } from './measure.ts'
import { startMeasured } from './platform.ts'
import { commandOf, processTree, readMemory, type GroupMemory } from './process-memory.ts'

const IDLE_MS = 60_000
const SAMPLES = 3
const PAUSE_MS = 5_000

/** Memory of the platform and its PostgreSQL after a minute without a request. Workloads and their connections are the user's own, and not counted. */
export async function measureMemory(context: BenchContext): Promise<Measurement[]> {
  const { dataDir } = await context.walked()
  const platform = await startMeasured(dataDir)
  try {
    await sleep(IDLE_MS)
    const seen: GroupMemory[] = []
    for (let round = 0; round < SAMPLES; round++) {
      if (round > 0) await sleep(PAUSE_MS)
      seen.push(readMemory(await ownProcesses(platform.pid, dataDir)))
    }
    const details = (seen.at(-1)?.processes ?? []).map(
      ({ pid, command, rssMiB, pssMiB }) => `pid ${pid} PSS ${pssMiB.toFixed(1)} RSS ${rssMiB.toFixed(1)} MiB  ${command.slice(0, 90)}`,
    )
    const pss = seen.map((one) => one.pssMiB)
    const alone = seen.map((one) => one.aloneMiB)
    return [
      {
        name: 'idle memory, PSS',
        value: median(pss),
        unit: 'MiB',
        aim: '<= 160',
        how: 'platform and PostgreSQL on walked data, 60 s idle, smaps_rollup',
        samples: pss,
      },
      {
        name: 'idle memory, alone on the machine',
        value: median(alone),
        unit: 'MiB',
        how: 'the same, each page of a program or library counted in full, once',
        samples: alone,
        details,
      },
    ]
  } finally {
    await platform.stop()
  }
}

/** The platform, the processes that it keeps for itself, and its PostgreSQL; without the backends of databases other than the platform's. */
async function ownProcesses(pid: number, dataDir: string): Promise<number[]> {
  const postmaster = Number((await readFile(path.join(dataDir, 'pg18', 'postmaster.pid'), 'utf8')).split('\n')[0])
  const helpers = processTree(pid).filter((one) => one === pid || commandOf(one).includes('engine-process'))
  const server = processTree(postmaster).filter((one) => !/^postgres: (?!postgres )\S+ \S+ \[local\]/.test(commandOf(one)))
  return [...new Set([...helpers, ...server])]
}
