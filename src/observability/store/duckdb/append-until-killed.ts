import { silentLogger } from '#kernel/node/log'
import { logRow } from '../telemetry-store-contract.ts'
import { DuckdbTelemetryStore } from './duckdb-telemetry-store.ts'

/** For the crash test: appends and asks in turn, tells each acknowledged row, until it is killed. */
const [folder = '', round = ''] = process.argv.slice(2)
const store = new DuckdbTelemetryStore({ folder, log: silentLogger, wakeBytes: 1 })
const everything = { fromUs: 0, toUs: 1e16, words: [], limit: 1 }

for (let index = 0; index < 100_000; index++) {
  const bodies = [0, 1, 2].map((part) => `${round}-${index}-${part}`)
  await Promise.all(bodies.map((body) => store.append('log', [logRow({ body })])))
  for (const body of bodies) process.send?.(body)
  if (index % 5 === 0) void store.logs(everything).catch(() => {})
}
