import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { childEnvironment } from '#kernel/node/config'

const nodeArguments = JSON.parse(readFileSync('bin/node-arguments.json', 'utf8')) as string[]

/** The product as a process, measured from outside. */
export interface MeasuredPlatform {
  url: string
  pid: number
  /** From the spawn to the first 200 of `/readyz`. */
  readyMs: number
  /** Of that, CPU time of the process: the number that other work on the machine moves least. Undefined where there is no /proc. */
  readyCpuMs: number | undefined
  /** Ctrl-C. Resolves with the milliseconds until the process was gone. */
  stop(): Promise<number>
}

/**
 * Starts what `npm start -- --no-walk --json` hands over to, with the same arguments of Node, on free ports, and asks `/readyz` every 10 ms
 * until it is 200. Not by the door of `npm start` itself: that may install packages, and a measure changes nothing of the checkout.
 * @throws Error when the process ends first.
 */
export async function startMeasured(dataDir: string, environment: Readonly<Record<string, string>> = {}): Promise<MeasuredPlatform> {
  const [port, ingressPort] = [await freePort(), await freePort()]
  const url = `http://127.0.0.1:${port}`
  const startedAt = performance.now()
  const child = spawn(process.execPath, [...nodeArguments, 'src/main/start.ts', '--no-walk', '--json'], {
    env: { ...childEnvironment(), FAIRWAY_DATA: dataDir, FAIRWAY_PORT: String(port), FAIRWAY_INGRESS_PORT: String(ingressPort), ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  while (!(await isReady(url))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the platform ended before it was ready: ${errors}`)
    await sleep(10)
  }
  const readyMs = performance.now() - startedAt
  return { url, pid: child.pid ?? 0, readyMs, readyCpuMs: cpuOf(child.pid ?? 0), stop: async () => await interrupt(child) }
}

async function isReady(url: string): Promise<boolean> {
  return await fetch(`${url}/readyz`).then(
    async (response) => {
      await response.body?.cancel()
      return response.status === 200
    },
    () => false,
  )
}

/** utime and stime of /proc/PID/stat (proc_pid_stat(5)), in hundredths of a second. */
function cpuOf(pid: number): number | undefined {
  if (process.platform !== 'linux') return undefined
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

async function interrupt(child: ChildProcess): Promise<number> {
  const startedAt = performance.now()
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGINT')
  await ended
  return performance.now() - startedAt
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
