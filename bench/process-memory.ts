import { readdirSync, readFileSync } from 'node:fs'

/** What one process holds, in MiB. */
export interface ProcessMemory {
  pid: number
  command: string
  rssMiB: number
  pssMiB: number
}

/** Memory of several processes. */
export interface GroupMemory {
  processes: ProcessMemory[]
  pssMiB: number
  /** As if nothing else on the machine shared a page with them: what is anonymous or shared memory by its PSS, each page of a file once. */
  aloneMiB: number
}

/** `pid` and all that descends from it, by /proc. Linux only. */
export function processTree(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readIfThere(`/proc/${name}/stat`) : undefined
    if (stat !== undefined) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
  }
  const tree = [pid]
  for (let index = 0; index < tree.length; index++) for (const [child, parent] of parents) if (parent === tree[index]) tree.push(child)
  return tree
}

/** Command line of a process; empty when it is gone. */
export function commandOf(pid: number): string {
  return (readIfThere(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim()
}

/** Reads `smaps_rollup` and `smaps` (proc_pid_smaps(5)) of each process. */
export function readMemory(pids: readonly number[]): GroupMemory {
  const processes: ProcessMemory[] = []
  const fileKiB = new Map<string, number>()
  let ownKiB = 0
  for (const pid of pids) {
    const rollup = readIfThere(`/proc/${pid}/smaps_rollup`)
    if (rollup === undefined) continue
    processes.push({ pid, command: commandOf(pid), rssMiB: field(rollup, 'Rss') / 1024, pssMiB: field(rollup, 'Pss') / 1024 })
    ownKiB += field(rollup, 'Pss_Anon') + field(rollup, 'Pss_Shmem')
    for (const mapping of (readIfThere(`/proc/${pid}/smaps`) ?? '').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
      const [, , offset, , inode, name = ''] = (mapping.split('\n', 1)[0] ?? '').split(/\s+/)
      if (inode === undefined || inode === '0' || /^\/(dev|SYSV|memfd)/.test(name)) continue
      const key = `${name} ${offset}`
      // Pages of the file itself: copies that were written to are anonymous, and counted there.
      fileKiB.set(key, Math.max(fileKiB.get(key) ?? 0, field(mapping, 'Rss') - field(mapping, 'Anonymous')))
    }
  }
  const filesKiB = [...fileKiB.values()].reduce((sum, size) => sum + size, 0)
  return { processes, pssMiB: processes.reduce((sum, one) => sum + one.pssMiB, 0), aloneMiB: (ownKiB + filesKiB) / 1024 }
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // ended in between
  }
}
