import { readFile, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { createPipelineFixture, type PipelineFixture } from '../pipeline-fixture.ts'

let database: TestDatabase
let fixture: PipelineFixture
beforeAll(async () => {
  database = await createTestDatabase()
  fixture = await createPipelineFixture(database.db)
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const files = { 'package-lock.json': '{"lockfileVersion":3}', 'src/app.js': 'console.log(1)', 'run.sh': '#!/bin/sh\necho from-script' }
const flow = (...steps: string[]): string =>
  `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps.map((step) => `      - ${step}\n`).join('')}`

async function ended(workflow: string, repository: string) {
  const run = await fixture.done(await fixture.push(workflow, { repository, files }))
  return { run, log: await fixture.log(run) }
}

describe('checkout', () => {
  it('puts the commit into the workspace', async () => {
    const { run, log } = await ended(flow('uses: actions/checkout@v4', 'run: ./run.sh && cat src/app.js'), 'acme/checkout')
    expect(run.conclusion).toBe('success')
    expect(log).toContain('from-script')
    expect(log).toContain('console.log(1)')
  })

  it.each([
    ['another repository', '{repository: other/repo}', 'it can check out "acme/no" only'],
    ['a ref that is not there', '{ref: nope}', '"nope" is no branch, tag or commit'],
    ['a folder outside', '{path: ../../x}', 'leads out of the workspace'],
  ])('refuses %s', async (_why, given, message) => {
    const { run } = await ended(flow(`{uses: actions/checkout@v4, with: ${given}}`), 'acme/no')
    expect(run.conclusion).toBe('failure')
    expect(run.jobs[0]?.annotations[0]?.message).toContain(message)
  })
})

describe('setup-node', () => {
  it('gives the node that is there, and says so when another was asked for', async () => {
    const { run, log } = await ended(
      flow('{uses: actions/setup-node@v4, id: n, with: {node-version: 99}}', 'run: echo "have ${{ steps.n.outputs.node-version }} $(node --version)"'),
      'acme/node',
    )
    expect(run.conclusion).toBe('success')
    expect(log).toContain(`have ${process.version.slice(1)} ${process.version}`)
    expect(run.jobs[0]?.annotations[0]).toMatchObject({ level: 'notice', message: expect.stringContaining('Node.js 99 was asked for') as string })
  })

  it('hits its npm cache from the second green run with one lockfile on', async () => {
    const workflow = flow(
      'uses: actions/checkout@v4',
      '{uses: actions/setup-node@v4, id: n, with: {node-version: ">=20", cache: npm}}',
      'run: echo "hit=${{ steps.n.outputs.cache-hit }} $npm_config_cache"',
    )
    expect((await ended(workflow, 'acme/npm')).log).toContain(`hit=false ${fixture.dataDir}/cache/npm/acme-npm-`)
    expect((await ended(workflow, 'acme/npm')).log).toContain('hit=true')
  })
})

describe('setup of tools that the machine may have', () => {
  /** A machine of our own making: nothing but what is put into this folder is on PATH. */
  const machine = (programs: Record<string, string>): string =>
    `run: |\n          mkdir -p "$RUNNER_TEMP/bin"\n${Object.entries(programs)
      .map(([name, says]) => `          printf '#!/bin/sh\\necho ${says}\\n' > "$RUNNER_TEMP/bin/${name}" && chmod +x "$RUNNER_TEMP/bin/${name}"\n`)
      .join('')}          echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"`

  it.each([
    ['actions/setup-python@v5', 'python-version: ">=3.10"', { python3: 'Python 3.99.1' }, 'python-version', '3.99.1'],
    ['actions/setup-go@v5', 'go-version: "1.99"', { go: 'go version go1.99.2 linux/amd64' }, 'go-version', '1.99.2'],
    ['opentofu/setup-opentofu@v1', 'tofu_wrapper: false', { tofu: 'OpenTofu v1.98.0' }, 'tofu_version', '1.98.0'],
    ['hashicorp/setup-terraform@v3', 'terraform_version: 1.97.0', { terraform: 'Terraform v1.97.0' }, 'terraform_version', '1.97.0'],
  ])('%s gives what is there', async (action, given, programs, output, version) => {
    const { run, log } = await ended(
      flow(machine(programs), `{uses: ${action}, id: t, with: {${given}}}`, `run: echo "have \${{ steps.t.outputs.${output} }}"`),
      'acme/tools',
    )
    expect(run.conclusion).toBe('success')
    expect(log).toContain(`have ${version}`)
    expect(run.jobs[0]?.annotations).toEqual([])
  })

  it('says so when another version was asked for, also by a file', async () => {
    const workflow = flow(
      machine({ go: 'go version go1.99.2 linux/amd64' }),
      'run: echo "go 1.55" > go.mod',
      '{uses: actions/setup-go@v5, with: {go-version-file: go.mod}}',
    )
    const { run } = await ended(workflow, 'acme/tools')
    expect(run.jobs[0]?.annotations).toMatchObject([{ level: 'notice', message: 'Go 1.55 was asked for; this runner has 1.99.2, and uses it.' }])
  })

  it('ends the job with words when a tool is absent, and goes on with a warning where the workflow can do without', async () => {
    const absent = await createPipelineFixture(database.db, { dataDir: path.join(fixture.dataDir, 'absent') })
    const nothing = 'env: { PATH: /nowhere }'
    const of = async (action: string) =>
      await absent.done(
        await absent.push(`on: push\njobs:\n  a:\n    runs-on: x\n    ${nothing}\n    steps:\n      - uses: ${action}\n`, { repository: 'acme/absent' }),
      )
    const [python, tofu] = [await of('actions/setup-python@v5'), await of('opentofu/setup-opentofu@v1')]
    expect([python.conclusion, python.jobs[0]?.annotations[0]?.message]).toEqual([
      'failure',
      expect.stringMatching(/python3 or python is not on this runner.*fairway doctor/),
    ])
    expect([tofu.conclusion, tofu.jobs[0]?.annotations[0]]).toMatchObject([
      'success',
      { level: 'warning', message: expect.stringContaining('tofu or terraform') as string },
    ])
    await absent[Symbol.asyncDispose]()
  })
})

describe('artifacts', () => {
  it('go from one job to another, to the API and to a folder', async () => {
    const { run } = await ended(
      `on: push
jobs:
  make:
    runs-on: x
    steps:
      - run: mkdir -p out/sub && echo one > out/a.txt && echo two > out/sub/b.txt && ln -s /etc/passwd out/leak && echo no > out/.hidden
      - {uses: actions/upload-artifact@v4, with: {name: app, path: out}}
      - {uses: actions/upload-artifact@v4, with: {name: single, path: out/a.txt}}
  use:
    needs: make
    runs-on: x
    steps:
      - {uses: actions/download-artifact@v4, with: {name: app, path: got}}
      - run: test "$(cat got/sub/b.txt)" = two && test ! -e got/leak && test ! -e got/.hidden
      - {uses: actions/download-artifact@v4, with: {path: all}}
      - run: test "$(cat all/single/a.txt)" = one
`,
      'acme/artifacts',
    )
    expect(run.conclusion).toBe('success')
    expect(run.artifacts).toMatchObject([{ name: 'app', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string }, { name: 'single' }])
    const folder = await mkdtemp(path.join(tmpdir(), 'artifact-'))
    expect((await fixture.pipelines.unpackArtifact(run.id, 'app', folder)).sort()).toEqual(['a.txt', 'sub/b.txt'])
    expect(await readFile(path.join(folder, 'sub/b.txt'), 'utf8')).toBe('two\n')
    await expect(fixture.pipelines.unpackArtifact(run.id, 'none', folder)).rejects.toMatchObject({ code: 'delivery.pipeline.artifact_not_found' })
  })

  it.each([
    ['a name with a slash', '{name: "../x", path: run.sh}', 'an artifact has a plain name'],
    ['no file where one must be', '{name: x, path: nothing, if-no-files-found: error}', 'No files were found'],
    ['files outside of the workspace', '{name: x, path: /etc/passwd, if-no-files-found: error}', 'No files were found'],
    ['no path', '{name: x}', 'the input "path" is required'],
  ])('refuses %s', async (_why, given, message) => {
    const { run } = await ended(flow('uses: actions/checkout@v4', `{uses: actions/upload-artifact@v4, with: ${given}}`), 'acme/bad')
    expect(run.conclusion).toBe('failure')
    expect(run.jobs[0]?.annotations[0]?.message).toContain(message)
  })
})

describe('cache', () => {
  const workflow = flow(
    'uses: actions/checkout@v4',
    '{uses: actions/cache@v4, id: c, with: {path: deps, key: "d-${{ hashFiles(\'package-lock.json\') }}", restore-keys: d-}}',
    'run: echo "hit=[${{ steps.c.outputs.cache-hit }}] matched=[${{ steps.c.outputs.cache-matched-key }}] have=[$(cat deps/x 2>/dev/null)]"; mkdir -p deps; echo $GITHUB_REF_NAME > deps/x; ln -sf x deps/link',
  )

  it('saves once by key, restores with links, and keeps branches apart', async () => {
    const push = async (branch: string, lock: string) => {
      const run = await fixture.done(await fixture.push(workflow, { repository: 'acme/cache', branch, files: { 'package-lock.json': lock } }))
      expect(run.conclusion).toBe('success')
      return await fixture.log(run)
    }
    expect(await push('topic', '1')).toContain('hit=[false] matched=[] have=[]')
    // What a branch saved is not seen by the default branch.
    expect(await push('main', '1')).toContain('hit=[false] matched=[] have=[]')
    expect(await push('main', '1')).toMatch(/hit=\[true\] matched=\[d-[0-9a-f]{64}\] have=\[main\]/)
    expect(await push('main', '2')).toMatch(/hit=\[false\] matched=\[d-[0-9a-f]{64}\] have=\[main\]/)
    expect(await push('another', '1')).toMatch(/hit=\[true\] .* have=\[main\]/)
  })
})
