import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { childEnvironment } from '#kernel/node/config'
import { measureApi } from './api.ts'
import { measureCatalog } from './catalog.ts'
import { measureChanges } from './changes.ts'
import { measureFuzz } from './fuzz.ts'
import { measureIngress } from './ingress.ts'
import { measureInstall } from './install.ts'
import { lineOf, type BenchContext, type Measurement, type WalkedData } from './measure.ts'
import { measureMemory } from './memory.ts'
import { measureScaffolder } from './scaffolder.ts'
import { measureShare } from './share.ts'
import { measureStart } from './start.ts'

const MEASURES: Record<string, (context: BenchContext) => Promise<Measurement[]>> = {
  install: measureInstall,
  changes: measureChanges,
  ingress: measureIngress,
  share: measureShare,
  start: measureStart,
  api: measureApi,
  memory: measureMemory,
  catalog: measureCatalog,
  scaffolder: measureScaffolder,
  fuzz: measureFuzz,
}

const USAGE = `npm run bench [-- NAME...] [--data FOLDER] [--runs N] [--json]
  NAME    ${Object.keys(MEASURES).join(', ')}; all unless told
  --data  a data folder whose first walk has ended and on which no platform runs; unless told, a walk is done in a folder of its own
  --runs  how often each is run, medians are printed; 5 unless told
  --json  a JSON line each
of catalog:
  --components  sizes, e.g. 1000,10000,50000; 10000 unless told, 0 for what ships alone
  --mode        random: parameters drawn anew for each request; repeated: the same question again; both unless told
  --only        names of scenarios, e.g. list-20,facets-4
  --seconds     of a round; 2 unless told
  --push        push the files into the organisation's repository instead of registering their folder as a location
  --fill        write the catalog into its tables by SQL instead of pushing files, for a million entities
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: 'string' },
    runs: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean' },
    components: { type: 'string' },
    mode: { type: 'string' },
    only: { type: 'string' },
    seconds: { type: 'string' },
    fill: { type: 'boolean' },
    push: { type: 'boolean' },
  },
})
const unknown = positionals.filter((name) => !(name in MEASURES))
const runs = Number(values.runs ?? 5)
if (values.help === true || unknown.length > 0 || !Number.isInteger(runs) || runs < 1) {
  process.stdout.write(unknown.length > 0 ? `There is no measure "${unknown.join('", "')}".\n${USAGE}` : USAGE)
  process.exit(values.help === true ? 0 : 2)
}

const stack = new AsyncDisposableStack()
let walking: Promise<WalkedData> | undefined
const listOf = (text: string | undefined, otherwise: string): string[] => (text ?? otherwise).split(',').filter((one) => one !== '')
const context: BenchContext = {
  runs,
  catalog: {
    components: listOf(values.components, '10000').map(Number),
    modes: listOf(values.mode, 'random,repeated'),
    only: listOf(values.only, ''),
    seconds: Number(values.seconds ?? 2),
    isFilled: values.fill === true,
    isPushed: values.push === true,
  },
  progress: (text) => void process.stderr.write(`${text}\n`),
  walked: () => (walking ??= values.data === undefined ? walk() : Promise.resolve({ dataDir: path.resolve(values.data) })),
}
try {
  say(`Node ${process.versions.node}, ${availableParallelism()} cores, medians of ${runs} runs`)
  for (const name of positionals.length > 0 ? positionals : Object.keys(MEASURES)) {
    for (const measurement of (await MEASURES[name]?.(context)) ?? []) {
      process.stdout.write(`${values.json === true ? JSON.stringify(measurement) : lineOf(measurement)}\n`)
      for (const detail of measurement.details ?? []) say(`  ${detail}`)
    }
  }
} finally {
  await stack.disposeAsync()
}
process.exit(0)

function say(text: string): void {
  if (values.json !== true) process.stdout.write(`${text}\n`)
}

async function walk(): Promise<WalkedData> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-bench-'))
  stack.defer(async () => await rm(dataDir, { recursive: true, force: true }))
  say('walking once …')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main/start.ts', '--once', '--json'], {
    env: { ...childEnvironment(), FAIRWAY_DATA: dataDir, FAIRWAY_PORT: '0', FAIRWAY_INGRESS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let last = ''
  child.stdout.on('data', (chunk: Buffer) => (last = (last + chunk.toString()).slice(-2_000)))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`the walk ended with ${code}: ${last}`)
  return { dataDir }
}
