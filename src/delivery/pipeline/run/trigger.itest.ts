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

const pusher = 'user:default/ana'
const zeros = '0'.repeat(40)
const flow = (on: string, steps = '[{run: echo}]', head = ''): string => `on: ${on}\n${head}jobs: {a: {runs-on: x, steps: ${steps}}}\n`

describe('a push', () => {
  it('starts one run for each workflow that wants it, once, however often it is told', async () => {
    const repository = 'acme/many'
    const files = {
      '.github/workflows/a.yml': flow('push'),
      '.github/workflows/b.yaml': flow('{push: {branches: [other]}}'),
      '.github/workflows/c.yml': flow('[push, pull_request]'),
      '.github/workflows/notes.md': 'no workflow',
      'ci.yml': flow('push'),
    }
    const push = { repository, ref: 'refs/heads/main', before: zeros, after: fixture.source.commit(repository, files), pusher }
    const [first, second] = await Promise.all([fixture.pipelines.onPush(push), fixture.pipelines.onPush(push)])
    expect(first.map((run) => run.workflow)).toEqual(['.github/workflows/a.yml', '.github/workflows/c.yml'])
    expect(second.map((run) => run.id)).toEqual(first.map((run) => run.id))
    for (const run of first) expect((await fixture.done(run)).conclusion).toBe('success')
  })

  it('looks at the paths that changed', async () => {
    const repository = 'acme/paths'
    const workflow = { '.github/workflows/a.yml': flow('{push: {paths: ["src/**"]}}') }
    const before = fixture.source.commit(repository, { ...workflow, 'src/a': '1', 'docs/a': '1' })
    const docs = fixture.source.commit(repository, { ...workflow, 'src/a': '1', 'docs/a': '2' })
    const src = fixture.source.commit(repository, { ...workflow, 'src/a': '2', 'docs/a': '2' })
    const ref = 'refs/heads/main'
    expect(await fixture.pipelines.onPush({ repository, ref, before, after: docs, pusher })).toEqual([])
    expect(await fixture.pipelines.onPush({ repository, ref, before: docs, after: src, pusher })).toHaveLength(1)
  })

  it('starts nothing for a deleted branch, or for a commit that asks for no run', async () => {
    const repository = 'acme/quiet'
    const after = fixture.source.commit(repository, { '.github/workflows/a.yml': flow('push') }, { message: 'Tidy up [skip ci]' })
    expect(await fixture.pipelines.onPush({ repository, ref: 'refs/heads/main', before: zeros, after, pusher })).toEqual([])
    expect(await fixture.pipelines.onPush({ repository, ref: 'refs/heads/main', before: after, after: zeros, pusher })).toEqual([])
  })

  it.each([
    ['broken YAML', 'on: push\njobs: {a\n', 3, 'Flow map'],
    ['an unknown key', 'on: push\njobs:\n  a:\n    runs-on: x\n    stepz: []\n', 5, "Unexpected value 'stepz'"],
    ['an action that is not built in', flow('push', '[{uses: evil/act@v1}]'), 2, 'the action "evil/act@v1" is not built in'],
    ['a docker action', flow('push', '[{uses: "docker://alpine"}]'), 2, 'needs a container runtime'],
    ['a job container', 'on: push\njobs:\n  a:\n    runs-on: x\n    container: node:22\n    steps: [{run: echo}]\n', 5, 'needs a container runtime'],
    ['services', 'on: push\njobs:\n  a:\n    runs-on: x\n    services: {db: {image: postgres}}\n    steps: [{run: echo}]\n', 5, 'needs a container runtime'],
    ['a reusable workflow', 'on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n', 4, 'reusable workflow'],
    ['an empty matrix', 'on: push\njobs:\n  a:\n    runs-on: x\n    strategy:\n      matrix: {os: []}\n    steps: [{run: echo}]\n', 6, '"os" has no values'],
  ])('shows %s as a failed run with its line, and runs no job', async (_why, workflow, line, message) => {
    const run = await fixture.push(workflow, { repository: `acme/broken-${line}` })
    expect(run).toMatchObject({ state: 'completed', conclusion: 'failure', jobs: [] })
    expect(run.annotations[0]).toMatchObject({ level: 'error', file: '.github/workflows/ci.yml', line, message: expect.stringContaining(message) as string })
  })

  it('treats a title with shell signs as text in the context, never as a command of ours', async () => {
    const run = await fixture.done(
      await fixture.push(flow('push', '[{env: {M: "${{ github.event.head_commit.message }}"}, run: \'printf "got=%s\\n" "$M"\'}]'), {
        repository: 'acme/title',
        message: '$(touch /tmp/pwned) `id` "; exit 3',
      }),
    )
    expect(run.conclusion).toBe('success')
    expect(await fixture.log(run)).toContain('got=$(touch /tmp/pwned) `id` "; exit 3')
  })
})

describe('a pull request', () => {
  it('starts what its base branch and activity ask for, with the files of its head', async () => {
    const repository = 'acme/pulls'
    const base = fixture.source.commit(repository, { a: '1' })
    const head = fixture.source.commit(
      repository,
      {
        a: '2',
        '.github/workflows/a.yml': flow(
          '{pull_request: {branches: [main]}}',
          '[{run: "echo base=$GITHUB_BASE_REF head=$GITHUB_HEAD_REF n=${{ github.event.number }}"}]',
        ),
      },
      { branch: 'topic' },
    )
    const pull = {
      repository,
      number: 7,
      title: 'A change',
      activity: 'opened',
      head: { ref: 'refs/heads/topic', sha: head },
      base: { ref: 'refs/heads/main', sha: base },
      actor: pusher,
    }
    const [run] = await fixture.pipelines.onPullRequest(pull)
    const done = await fixture.done(
      run ??
        (() => {
          throw new Error('nothing started')
        })(),
    )
    expect(await fixture.log(done)).toContain('base=main head=topic n=7')
    expect(await fixture.pipelines.onPullRequest({ ...pull, activity: 'closed' })).toEqual([])
  })
})

describe('a concurrency group', () => {
  it('cancels the run at work when the newer one says so', async () => {
    const group = 'concurrency: {group: "g-${{ github.ref }}", cancel-in-progress: true}\n'
    const first = await fixture.push(flow('push', '[{run: sleep 60}]', group), { repository: 'acme/group' })
    await expect.poll(async () => (await fixture.pipelines.engine.get(first.id)).jobs[0]?.steps[0]?.state, { timeout: 20_000, interval: 10 }).toBe('running')
    const second = await fixture.push(flow('push', '[{run: echo}]', group), { repository: 'acme/group' })
    expect((await fixture.done(first)).conclusion).toBe('cancelled')
    expect((await fixture.done(second)).conclusion).toBe('success')
  })

  it('has one run at work and one that waits: the newest', async () => {
    const group = 'concurrency: one\n'
    const workflow = (seconds: number) => flow('push', `[{run: sleep ${seconds}}]`, group)
    const first = await fixture.push(workflow(1), { repository: 'acme/line' })
    await expect.poll(async () => (await fixture.pipelines.engine.get(first.id)).state, { timeout: 20_000, interval: 10 }).toBe('running')
    const second = await fixture.push(workflow(0), { repository: 'acme/line' })
    const third = await fixture.push(workflow(0), { repository: 'acme/line' })
    expect((await fixture.done(second)).conclusion).toBe('cancelled')
    const [a, c] = [await fixture.done(first), await fixture.done(third)]
    expect([a.conclusion, c.conclusion]).toEqual(['success', 'success'])
    expect(Date.parse(c.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(a.finishedAt ?? ''))
  })
})

describe('what becomes of a green run', () => {
  it('is told for the default branch alone, and again until it was heard', async () => {
    let attempts = 0
    await using other = await createPipelineFixture(database.db, {
      source: fixture.source,
      dataDir: fixture.dataDir,
      onRunFinished: async (run) => {
        if (run.repository !== 'acme/green') return undefined
        attempts++
        if (attempts === 1) throw new Error('the registry is away')
        return { release: 'rel_1' }
      },
    })
    // Either of the two may hear it: both answer for the same database.
    const run = await fixture.push(flow('push'), { repository: 'acme/green' })
    const branch = await fixture.push(flow('push'), { repository: 'acme/green', branch: 'topic' })
    const red = await fixture.push(flow('push', '[{run: exit 1}]'), { repository: 'acme/green' })
    await Promise.all([run, branch, red].map(async (one) => await other.done(one)))
    const heard = async () => (await other.pipelines.engine.get(run.id)).release === 'rel_1' || fixture.finished.some((one) => one.id === run.id)
    await expect.poll(heard, { timeout: 20_000, interval: 20 }).toBe(true)
    expect(fixture.finished.map((one) => one.id)).not.toContain(branch.id)
    expect(fixture.finished.map((one) => one.id)).not.toContain(red.id)
  })
})
