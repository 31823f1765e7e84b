import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { median, quantile, type BenchContext, type Measurement } from './measure.ts'
import { startMeasured } from './platform.ts'

const WARM_UP = 30
const REQUESTS = 200

/** Latency of what portal pages ask first, one request after the other on a warm server. */
export async function measureApi(context: BenchContext): Promise<Measurement[]> {
  const { dataDir } = await context.walked()
  const platform = await startMeasured(dataDir)
  try {
    const token = (await readFile(path.join(dataDir, 'admin.token'), 'utf8')).trim()
    const get = async (route: string): Promise<unknown> => {
      const response = await fetch(`${platform.url}${route}`, { headers: { authorization: `Bearer ${token}` } })
      const body: unknown = await response.json()
      if (response.status !== 200) throw new Error(`${route} answered ${response.status}: ${JSON.stringify(body)}`)
      return body
    }
    const { items } = (await get('/api/v1/changes?limit=1')) as { items: { id: string }[] }
    const routes = ['/api/v1/environments/matrix', '/api/v1/entities', '/api/v1/changes', `/api/v1/changes/${items[0]?.id}`, '/api/v1/me']
    const measurements: Measurement[] = []
    for (const route of routes) {
      for (let round = 0; round < WARM_UP; round++) await get(route)
      const times: number[] = []
      for (let round = 0; round < REQUESTS; round++) {
        const startedAt = performance.now()
        await get(route)
        times.push(performance.now() - startedAt)
      }
      const p95 = quantile(times, 0.95)
      measurements.push({
        name: `GET ${route.replace(/chg_\w+/, '{id}')}`,
        value: median(times),
        unit: 'ms',
        aim: '< 30',
        how: `median of ${REQUESTS} requests in a row on walked data, p95 ${p95.toFixed(1)} ms`,
      })
    }
    return measurements
  } finally {
    await platform.stop()
  }
}
