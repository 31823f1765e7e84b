import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { median, quantile, type Measurement } from './measure.ts'
import { startMeasured } from './platform.ts'
import { cpuMsOf } from './process-cpu.ts'
import { processTree } from './process-memory.ts'

const run = promisify(execFile)

/** The template of the peer's measurement: nine files from a folder, a rename, two lines of log, nothing outside. */
const TEMPLATE = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: bench, title: Bench}
spec:
  owner: group:default/platform
  type: service
  parameters: {required: [name], properties: {name: {type: string}}}
  steps:
    - {id: fetch, name: Fetch, action: 'fetch:template', input: {url: ./skeleton, values: {name: '\${{ parameters.name }}'}}}
    - {id: rename, name: Rename, action: 'fs:rename', input: {files: [{from: file-0.md, to: README.md}]}}
    - {id: log, name: Log, action: 'debug:log', input: {message: 'Hello \${{ parameters.name }}'}}
    - {id: log2, name: Log again, action: 'debug:log', input: {message: 'done'}}
  output: {text: [{title: Done, content: '\${{ parameters.name }}'}]}
`
const ROUNDS = [
  { name: 'one after another', tasks: 20, atOnce: 1 },
  { name: '10 at once', tasks: 10, atOnce: 10 },
  { name: '50 at once', tasks: 50, atOnce: 50 },
]
const WARM_UP = 20

/**
 * What a person who starts a template waits for: from the POST until the client has read the completion from the event stream, as Backstage's own
 * client does it, against the started product.
 */
export async function measureScaffolder(): Promise<Measurement[]> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'fairway-scaffolder-'))
  const platform = await startMeasured(dataDir)
  try {
    const token = (await readFile(path.join(dataDir, 'admin.token'), 'utf8')).trim()
    await pushTemplate(platform.url, token)
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const one = async (name: string): Promise<{ acceptedMs: number; seenMs: number }> => {
      const startedAt = performance.now()
      const body = JSON.stringify({ templateRef: 'template:default/bench', values: { name } })
      const made = await fetch(`${platform.url}/api/scaffolder/v2/tasks`, { method: 'POST', headers, body })
      const { id } = (await made.json()) as { id: string }
      const acceptedMs = performance.now() - startedAt
      if (made.status !== 201) throw new Error(`a task was answered ${made.status}`)
      const stream = await fetch(`${platform.url}/api/scaffolder/v2/tasks/${id}/eventstream`, { headers })
      const text = await stream.text()
      if (!text.includes('Run completed with status: completed')) throw new Error(`a task ended otherwise: ${text.slice(-300)}`)
      return { acceptedMs, seenMs: performance.now() - startedAt }
    }
    const postmaster = Number((await readFile(path.join(dataDir, 'pg18', 'postmaster.pid'), 'utf8')).split('\n')[0])
    const processes = (): number[] => [...new Set([...processTree(platform.pid), ...processTree(postmaster)])]
    for (let index = 0; index < WARM_UP; index++) await one(`warm-${index}`)
    const measurements: Measurement[] = []
    for (const { name, tasks, atOnce } of ROUNDS) {
      const cpuBefore = cpuMsOf(processes())
      const startedAt = performance.now()
      const results: Awaited<ReturnType<typeof one>>[] = []
      let next = 0
      const client = async (): Promise<void> => {
        while (next < tasks) results.push(await one(`${name.replaceAll(' ', '-')}-${next++}`))
      }
      await Promise.all(Array.from({ length: atOnce }, client))
      const seconds = (performance.now() - startedAt) / 1000
      const cpuMs = (cpuMsOf(processes()) - cpuBefore) / tasks
      const seen = results.map((result) => result.seenMs)
      measurements.push({
        name: `template seen as done, ${name}`,
        value: median(seen),
        unit: 'ms',
        ...(atOnce === 1 ? { aim: '<= 80' } : {}),
        how: `${tasks} tasks, p95 ${quantile(seen, 0.95).toFixed(0)} ms, accepted after ${median(results.map((result) => result.acceptedMs)).toFixed(0)} ms, ${(tasks / seconds).toFixed(0)} tasks/s, ${cpuMs.toFixed(0)} ms of CPU each (node and PostgreSQL)`,
        figures: { p95: quantile(seen, 0.95), tasksPerSecond: tasks / seconds, cpuMs },
      })
    }
    return measurements
  } finally {
    await platform.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function pushTemplate(url: string, token: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'fairway-template-'))
  const remote = url.replace('http://', `http://git:${token}@`)
  const git = async (...args: string[]): Promise<void> =>
    void (await run('git', ['-C', folder, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args]))
  try {
    await git('clone', '-q', `${remote}/git/fairway/golden-paths.git`, 'x')
    const at = path.join(folder, 'x', 'bench')
    await mkdir(path.join(at, 'skeleton'), { recursive: true })
    await writeFile(path.join(at, 'template.yaml'), TEMPLATE)
    for (let index = 0; index < 9; index++)
      await writeFile(path.join(at, 'skeleton', `file-${index}.md`), `# \${{ values.name }}\n\n${'A line about ${{ values.name }}.\n'.repeat(20)}`)
    await git('-C', 'x', 'add', '-A')
    await git('-C', 'x', 'commit', '-q', '-m', 'Add a template to measure with')
    await git('-C', 'x', 'push', '-q', 'origin', 'HEAD')
    for (let attempt = 0; attempt < 500; attempt++) {
      const answer = await fetch(`${url}/api/scaffolder/v2/templates/default/template/bench/parameter-schema`, {
        headers: { authorization: `Bearer ${token}` },
      })
      await answer.body?.cancel()
      if (answer.status === 200) return
      await sleep(20)
    }
    throw new Error('the template did not come into the catalog')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
