import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { cpuMsOf } from '../process-cpu.ts'
import { readMemory, processTree } from '../process-memory.ts'

/** CPU time used so far, in milliseconds. */
export interface ServerCpu {
  /** The platform and its own children. */
  nodeMs: number
  postgresMs: number
}

/** Memory now, in MiB. */
export interface ServerMemory {
  nodeRssMiB: number
  nodePssMiB: number
  postgresPssMiB: number
}

/** The processes of a started platform: itself with its children, and its PostgreSQL. */
export class MeasuredServer {
  readonly #pid: number
  readonly #postmaster: number

  private constructor(pid: number, postmaster: number) {
    this.#pid = pid
    this.#postmaster = postmaster
  }

  /** @param pid the platform's process. */
  static async of(pid: number, dataDir: string): Promise<MeasuredServer> {
    const file = await readFile(path.join(dataDir, 'pg18', 'postmaster.pid'), 'utf8')
    return new MeasuredServer(pid, Number(file.split('\n')[0]))
  }

  cpu(): ServerCpu {
    const { node, postgres } = this.#pids()
    return { nodeMs: cpuMsOf(node), postgresMs: cpuMsOf(postgres) }
  }

  memory(): ServerMemory {
    const { node, postgres } = this.#pids()
    const platform = readMemory(node)
    return {
      nodeRssMiB: platform.processes.reduce((sum, one) => sum + one.rssMiB, 0),
      nodePssMiB: platform.pssMiB,
      postgresPssMiB: readMemory(postgres).pssMiB,
    }
  }

  #pids(): { node: number[]; postgres: number[] } {
    const postgres = processTree(this.#postmaster)
    const ofPostgres = new Set(postgres)
    return { postgres, node: processTree(this.#pid).filter((pid) => !ofPostgres.has(pid)) }
  }
}
