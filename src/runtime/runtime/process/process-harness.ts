import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemClock } from '#kernel/common/clock'
import { Secret } from '#kernel/common/secret'
import { childEnvironment } from '#kernel/node/config'
import type { Database } from '#kernel/node/database'
import { MemoryJournal } from '#kernel/node/journal'
import { silentLogger } from '#kernel/node/log'
import type { LogLine, WorkloadSpec } from '../runtime.ts'
import type { ProcessRuntimeDeps } from './process-deps.ts'

const serve = `
const server = require('node:http').createServer((request, response) => {
  if (request.url === '/env') return response.end(JSON.stringify(process.env))
  if (request.url === '/cwd') return response.end(process.cwd())
  if (request.url === '/write') { require('node:fs').writeFileSync('written.txt', 'x'); return response.end() }
  if (request.url === '/exit') { console.error('Error: told to exit'); process.exit(3) }
  if (request.url === '/slow') return void setTimeout(() => response.end('slow but whole'), 700)
  if (request.url.startsWith('/say/')) { console.log(request.url.slice(5)); return response.end() }
  if (request.url === '/sick') { server.sick = true; return response.end() }
  if (server.sick && request.url === '/healthz') { response.statusCode = 500; return response.end() }
  response.end(process.env.FAIRWAY_INSTANCE)
})
console.log('started')
server.listen(process.env.PORT, '127.0.0.1')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

/** Programs of the tests, by file name in their artifact. */
const programs: Record<string, string> = {
  'serves.cjs': serve,
  'crashes.cjs': `console.error('Error: boom'); process.exitCode = 1`,
  'never-ready.cjs': `console.log('started'); setInterval(() => {}, 1000)`,
  'talks.cjs': `${serve}\nfor (let line = 0; line < 200000; line++) console.log('line ' + line)`,
  'grows.cjs': `${serve}\nglobalThis.held = Buffer.alloc(200 * 1024 * 1024, 1)`,
  'tells.cjs': `console.log('url is ' + process.env.DATABASE_URL); console.error('Error: password ' + new URL(process.env.DATABASE_URL).password + ' is wrong'); process.exitCode = 1`,
  'stubborn.cjs': `${serve}\nprocess.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => console.log('no'))`,
  'job.cjs': `console.log('run at ' + process.env.FAIRWAY_SCHEDULED_AT + ' port ' + process.env.PORT)`,
  'job-fails.cjs': `console.error('Error: no report'); process.exitCode = 4`,
  'job-hangs.cjs': `console.log('begun'); setInterval(() => {}, 1000)`,
  'parent.cjs': `const child = require('node:child_process').spawn(process.execPath, ['serves.cjs'], { stdio: 'inherit' }); console.log('child ' + child.pid); setInterval(() => {}, 1000)`,
}

/** An artifact with the programs, and what a process runtime needs, in a temporary data folder. */
export interface ProcessHarness {
  deps: ProcessRuntimeDeps
  dataDir: string
  artifact: string
  lines: LogLine[]
  specOf(program: string, component?: string): WorkloadSpec
  remove(): Promise<void>
}

export const TEST_URL = 'postgres://orders:p4ss-w0rd@127.0.0.1:5432/orders'

export async function makeProcessHarness(db: Database, dataDir?: string): Promise<ProcessHarness> {
  const root = dataDir ?? (await mkdtemp(path.join(tmpdir(), 'fairway-runtime-')))
  const artifact = path.join(root, 'artifact')
  await mkdir(artifact, { recursive: true })
  for (const [name, text] of Object.entries(programs)) await writeFile(path.join(artifact, name), text)
  const lines: LogLine[] = []
  let count = 0
  return {
    dataDir: root,
    artifact,
    lines,
    deps: {
      db,
      journal: new MemoryJournal(),
      clock: systemClock,
      log: silentLogger,
      dataDir: root,
      resolveSecret: async () => new Secret(TEST_URL),
      fetchArtifact: async () => artifact,
      onLog: (line) => lines.push(line),
      inheritedEnvironment: childEnvironment(),
      otlpEndpoint: 'http://127.0.0.1:7007',
    },
    specOf: (program, component) => ({
      ref: { component: component ?? `${program}-${++count}`, environment: 'dev', release: 'rel_1' },
      artifactDigest: 'sha256:0',
      command: ['node', `${program}.cjs`],
      environment: {},
      replicas: 1,
      volumes: [],
      limits: {},
      stopGraceSeconds: 2,
      labels: { version: '1', owner: 'group:default/payments' },
    }),
    remove: () => rm(root, { recursive: true, force: true }),
  }
}
