import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import { startIngress } from '#runtime/ingress'
import type { LoadOrder, LoadResult } from './ingress-peer.ts'
import { median, type BenchContext, type Measurement } from './measure.ts'
import { startScratchPostgres } from './scratch-postgres.ts'

const HOST = 'orders.localhost'
const SEQUENTIAL = 1_000
const PARALLEL = 6_000
const CONCURRENCY = 32

/** Requests per second through the ingress, and what it adds to the latency of a request, against the same workload asked directly. */
export async function measureIngress(context: BenchContext): Promise<Measurement[]> {
  await using postgres = await startScratchPostgres()
  using workload = startPeer('serve')
  const [{ port }] = (await once(workload.process, 'message')) as [{ port: number }]
  using client = startPeer('load')
  const endpoint = { instance: 'i1', version: '1', host: '127.0.0.1', port, enter: () => () => {} }
  await using ingress = await startIngress(
    { db: postgres.db, journal: new MemoryJournal(), log: silentLogger, endpoints: { readyEndpoints: () => [endpoint] }, onRequest: () => {} },
    { host: '127.0.0.1', port: 0 },
  )
  await ingress.routes.setRoute({ host: HOST, component: 'orders', environment: 'production', backends: [{ release: 'rel_1', weight: 100 }] })
  const load = async (to: number, requests: number, concurrency: number): Promise<LoadResult> => {
    client.process.send({ port: to, host: HOST, requests, concurrency } satisfies LoadOrder)
    const [result] = (await once(client.process, 'message')) as [LoadResult]
    return result
  }
  await load(ingress.port, PARALLEL, CONCURRENCY)
  const through: LoadResult[] = []
  const direct: LoadResult[] = []
  const added: number[] = []
  for (let run = 0; run < context.runs; run++) {
    const alone = await load(port, SEQUENTIAL, 1)
    added.push((await load(ingress.port, SEQUENTIAL, 1)).p50Ms - alone.p50Ms)
    direct.push(await load(port, PARALLEL, CONCURRENCY))
    through.push(await load(ingress.port, PARALLEL, CONCURRENCY))
  }
  const rates = through.map((one) => one.perSecond)
  const ratio = median(rates) / median(direct.map((one) => one.perSecond))
  return [
    {
      name: 'ingress requests',
      value: median(rates),
      unit: '/s',
      how: `${PARALLEL} requests of 1 kB by ${CONCURRENCY} connections, ${(ratio * 100).toFixed(0)} % of direct, p99 ${median(through.map((one) => one.p99Ms)).toFixed(1)} ms`,
      samples: rates,
    },
    { name: 'latency added by the ingress', value: median(added), unit: 'ms', how: `difference of medians of ${SEQUENTIAL} requests in a row`, samples: added },
  ]
}

function startPeer(role: 'serve' | 'load'): { process: ChildProcess } & Disposable {
  const child = fork(path.join(import.meta.dirname, 'ingress-peer.ts'), [role], { execArgv: ['--disable-warning=ExperimentalWarning'] })
  return { process: child, [Symbol.dispose]: () => void child.kill() }
}
