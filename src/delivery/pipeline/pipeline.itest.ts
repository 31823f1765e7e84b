import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { createRouter, systemCaller } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import { createPipelineFixture, type PipelineFixture } from './pipeline-fixture.ts'
import type { Run } from './run/run.ts'
import { readProcess } from '#kernel/node/process'

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

const job = (steps: string, head = ''): string => `on: push\n${head}jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`

describe('a run', () => {
  it('runs its steps one after the other and keeps state, log and events', async () => {
    const run = await fixture.done(
      await fixture.push(job('      - run: echo one\n      - name: Two\n        run: |\n          echo two\n          echo again\n')),
    )
    expect(run).toMatchObject({
      number: 1,
      state: 'completed',
      conclusion: 'success',
      event: 'push',
      branch: 'main',
      component: 'orders',
      actor: 'user:default/ana',
      commitMessage: 'A commit',
    })
    expect(run.jobs[0]).toMatchObject({ key: 'a', name: 'a', conclusion: 'success' })
    expect(run.jobs[0]?.steps).toMatchObject([
      { number: 1, name: 'Run echo one', conclusion: 'success', logFrom: 1 },
      { number: 2, name: 'Two', conclusion: 'success' },
    ])
    const { lines, isComplete } = await fixture.pipelines.engine.logs(run.id, run.jobs[0]?.id ?? '', { from: 1, limit: 100 })
    expect(isComplete).toBe(true)
    expect(lines.map((line) => line.n)).toEqual(lines.map((_line, index) => index + 1))
    expect(lines.filter((line) => line.group === 'start').map((line) => line.text)).toEqual(['Run echo one', 'Run echo two'])
    const two = run.jobs[0]?.steps[1]
    expect(lines.slice((two?.logFrom ?? 1) - 1, two?.logTo ?? 0).map((line) => line.text)).toContain('again')
    const types = fixture.journal.events.filter((event) => event.subject === `run/${run.id}` || event.data['run'] === run.id).map((event) => event.type)
    expect(types).toEqual(['delivery.run.queued', 'delivery.run.started', 'delivery.job.finished', 'delivery.run.finished'])
  })

  it('passes outputs, variables, paths and conditions on', async () => {
    const run = await fixture.done(
      await fixture.push(`
on: push
env: {LEVEL: workflow, SHARED: "\${{ vars.REGION }}"}
defaults: {run: {shell: bash}}
jobs:
  build:
    runs-on: ubuntu-latest
    env: {LEVEL: job}
    outputs:
      version: \${{ steps.v.outputs.version }}
    steps:
      - id: v
        run: |
          echo "version=1.2" >> $GITHUB_OUTPUT
          echo "FROM_FILE=yes" >> "$GITHUB_ENV"
          printf 'MULTI<<EOF\\na\\nb\\nEOF\\n' >> "$GITHUB_ENV"
          mkdir -p bin && printf '#!/bin/sh\\necho from-path\\n' > bin/mytool && chmod +x bin/mytool
          echo "$PWD/bin" >> "$GITHUB_PATH"
      - env: {LEVEL: step}
        run: |
          echo "level=$LEVEL shared=$SHARED file=$FROM_FILE out=\${{ steps.v.outputs.version }} env=\${{ env.LEVEL }}"
          echo "multi=$(echo "$MULTI" | tr '\\n' ,)"
          mytool
      - run: "false"
        continue-on-error: true
        id: soft
      - run: echo "outcome=\${{ steps.soft.outcome }} conclusion=\${{ steps.soft.conclusion }}"
      - if: github.ref == 'refs/heads/other'
        run: echo never
  use:
    needs: [build]
    runs-on: ubuntu-latest
    steps:
      - run: echo "needs=\${{ needs.build.outputs.version }} result=\${{ needs.build.result }}"
`),
    )
    const log = await fixture.log(run)
    expect(run.conclusion).toBe('success')
    expect(log).toContain('level=step shared=local file=yes out=1.2 env=step')
    expect(log).toContain('multi=a,b,')
    expect(log).toContain('from-path')
    expect(log).toContain('outcome=failure conclusion=success')
    expect(log).toContain('needs=1.2 result=success')
    expect(run.jobs[0]?.steps.map((step) => step.conclusion)).toEqual(['success', 'success', 'failure', 'success', 'skipped'])
  })

  it('fails by a step, skips what follows, and still runs what wants failures', async () => {
    const run = await fixture.done(
      await fixture.push(`
on: push
jobs:
  a:
    runs-on: x
    steps:
      - run: exit 7
      - run: echo never
      - if: failure()
        run: echo on-failure
      - if: always()
        run: echo on-always \${{ job.status }}
  b: {needs: a, runs-on: x, steps: [{run: echo never}]}
  c: {needs: a, if: failure(), runs-on: x, steps: [{run: echo c-ran}]}
  d: {needs: b, if: always(), runs-on: x, steps: [{run: "echo d-ran \${{ needs.b.result }}"}]}
`),
    )
    expect(run.conclusion).toBe('failure')
    expect(run.jobs.map((one) => [one.key, one.conclusion])).toEqual([
      ['a', 'failure'],
      ['b', 'skipped'],
      ['c', 'success'],
      ['d', 'success'],
    ])
    const log = await fixture.log(run)
    expect(log).toContain('on-failure')
    expect(log).toContain('on-always failure')
    expect(log).toContain('d-ran skipped')
    expect(log).not.toContain('\nnever')
    expect(run.jobs[0]?.annotations).toMatchObject([
      { level: 'error', message: 'Process completed with exit code 7.', file: '.github/workflows/ci.yml', line: 7 },
    ])
  })

  it('expands a matrix, also one that an earlier job made', async () => {
    const run = await fixture.done(
      await fixture.push(`
on: push
jobs:
  plan:
    runs-on: x
    outputs: {list: "\${{ steps.l.outputs.list }}"}
    steps:
      - id: l
        run: echo 'list=["p","q"]' >> $GITHUB_OUTPUT
  test:
    needs: plan
    runs-on: x
    strategy:
      matrix:
        name: \${{ fromJSON(needs.plan.outputs.list) }}
        n: [1, 2]
        exclude: [{name: q, n: 2}]
    steps:
      - run: echo "combo=\${{ matrix.name }}\${{ matrix.n }} \${{ strategy.job-index }}/\${{ strategy.job-total }}"
`),
    )
    expect(run.conclusion).toBe('success')
    expect(run.jobs.map((one) => one.name)).toEqual(['plan', 'test (p, 1)', 'test (p, 2)', 'test (q, 1)'])
    expect(await fixture.log(run)).toContain('combo=q1 2/3')
  })

  it('hides secrets of the repository, and those that a step adds', async () => {
    const run = await fixture.done(
      await fixture.push(
        job(`      - env: {T: "\${{ secrets.TOKEN }}"}
        run: |
          echo "plain $T"
          echo "b64 $(printf %s "$T" | base64)"
          printf '%s' "$T" | cut -c1-9 | tr -d '\\n'; sleep 0.05; printf '%s\\n' "$T" | cut -c10-
          value=also-"hidden"
          echo "::add-mask::$value"
          echo "now $value"
          echo "::error::it was $T"
`),
      ),
    )
    const log = await fixture.log(run)
    expect(log).not.toContain('s3cr3t')
    expect(log).not.toContain(Buffer.from('s3cr3t-t0ken-value').toString('base64').slice(0, 20))
    expect(log).not.toContain('now also-hidden')
    expect(log).toContain('plain ***')
    expect(run.jobs[0]?.annotations[0]?.message).toBe('it was ***')
  })

  it('obeys no command of old that output could smuggle in', async () => {
    const run = await fixture.done(
      await fixture.push(
        job(`      - id: s
        run: |
          echo "::set-env name=EVIL::yes"
          echo "::set-output name=evil::yes"
          echo "::add-path::/evil"
          echo "NODE_OPTIONS=--require /evil" >> $GITHUB_ENV
      - run: echo "evil=[$EVIL][\${{ steps.s.outputs.evil }}][$NODE_OPTIONS]"
`),
      ),
    )
    expect(await fixture.log(run)).toContain('evil=[][][]')
    expect(run.jobs[0]?.annotations.filter((annotation) => annotation.level === 'warning')).toHaveLength(4)
  })

  it('gives a step no setting of the platform', async () => {
    process.env['FAIRWAY_TOKEN'] = 'canary-of-the-platform'
    process.env['DATABASE_URL'] = 'postgres://canary-of-the-platform'
    try {
      const run = await fixture.done(await fixture.push(job('      - run: env | sort\n')))
      const log = await fixture.log(run)
      expect(log).not.toContain('canary-of-the-platform')
      for (const line of [
        'CI=true',
        'GITHUB_ACTIONS=true',
        'GITHUB_REPOSITORY=acme/orders',
        'GITHUB_REF_NAME=main',
        `GITHUB_RUN_ID=${run.id}`,
        'GITHUB_ACTOR=ana',
        'npm_config_audit=false',
      ])
        expect(log).toContain(line)
    } finally {
      delete process.env['FAIRWAY_TOKEN']
      delete process.env['DATABASE_URL']
    }
  })
})

describe('limits of a job', () => {
  it('ends a step that takes too long, and a job that does', async () => {
    const slow = await fixture.done(
      await fixture.push(job('      - run: sleep 60\n        timeout-minutes: 0.005\n      - if: failure()\n        run: echo after\n')),
    )
    expect(slow.jobs[0]?.steps.map((step) => step.conclusion)).toEqual(['failure', 'success'])
    const long = await fixture.done(
      await fixture.push(
        'on: push\njobs:\n  a:\n    runs-on: x\n    timeout-minutes: 0.005\n    steps:\n      - run: sleep 60\n      - if: always()\n        run: echo cleaned\n',
      ),
    )
    expect(long).toMatchObject({ conclusion: 'timed_out', jobs: [{ conclusion: 'timed_out' }] })
    expect(await fixture.log(long)).toContain('cleaned')
  })

  it('stops the jobs of a matrix when one failed', async () => {
    const matrix = 'strategy: {matrix: {n: [0, 60]}}'
    const run = await fixture.done(
      await fixture.push(`on: push\njobs:\n  a:\n    runs-on: x\n    ${matrix}\n    steps:\n      - run: sleep \${{ matrix.n }}; exit 1\n`),
    )
    expect(run.conclusion).toBe('failure')
    expect(run.jobs.map((one) => one.conclusion)).toEqual(['failure', 'cancelled'])
  })

  it('lets a run pass whose failing job is tolerated', async () => {
    const run = await fixture.done(
      await fixture.push(
        'on: push\njobs:\n  a: {runs-on: x, continue-on-error: true, steps: [{run: exit 1}]}\n  b: {needs: a, runs-on: x, steps: [{run: "true"}]}\n',
      ),
    )
    expect(run).toMatchObject({ conclusion: 'success', jobs: [{ conclusion: 'failure' }, { conclusion: 'success' }] })
  })

  it('leaves no process of a job behind', async () => {
    const run = await fixture.done(await fixture.push(job('      - run: setsid sleep 300 > /dev/null 2>&1 & echo "pid=$!"\n      - run: echo next\n')))
    expect(run.conclusion).toBe('success')
    const pid = Number(/pid=(\d+)/.exec((await fixture.log(run)).replaceAll('pid=$!', ''))?.[1])
    await expect.poll(() => readProcess(pid), { timeout: 5_000, interval: 10 }).toBeUndefined()
  })

  it('refuses a job for another system', async () => {
    const run = await fixture.done(await fixture.push('on: push\njobs:\n  a: {runs-on: windows-latest, steps: [{run: echo}]}\n'))
    expect(run.jobs[0]?.annotations[0]?.message).toContain('no runner has the label "windows-latest"')
  })
})

describe('routes', () => {
  const call = async (path: string, init?: RequestInit): Promise<Response> => {
    const handler = createRouter(fixture.pipelines.routes, {
      authenticate: async () => ({ ...systemCaller, principal: 'user:default/ana' }),
      authorize: async () => ({ isAllowed: true, reason: '' }),
      log: silentLogger,
    })
    return await handler(new Request(`http://localhost${path}`, init))
  }

  it('list and page runs, read logs, follow them from any line, and give artifacts', async () => {
    const steps =
      '      - run: for i in 1 2 3; do echo "tick $i"; sleep 0.1; done; echo content > f\n      - {uses: actions/upload-artifact@v4, with: {name: app, path: f}}\n'
    const run = await fixture.push(job(steps), { repository: 'acme/routes' })
    await expect.poll(async () => (await fixture.pipelines.engine.get(run.id)).jobs[0]?.state, { timeout: 20_000, interval: 5 }).toBe('running')
    const jobId = (await fixture.pipelines.engine.get(run.id)).jobs[0]?.id ?? ''
    const live = await call(`/api/v1/runs/${run.id}/jobs/${jobId}/log/stream`)
    expect(live.headers.get('content-type')).toBe('text/event-stream')
    const text = await live.text()
    expect(text.match(/"text":"tick \d"/g)).toEqual(['"text":"tick 1"', '"text":"tick 2"', '"text":"tick 3"'])
    expect(text.endsWith('event: end\ndata: {}\n\n')).toBe(true)
    const resumed = await (await call(`/api/v1/runs/${run.id}/jobs/${jobId}/log/stream`, { headers: { 'last-event-id': '3' } })).text()
    expect(resumed.startsWith('id: 4\n')).toBe(true)

    await fixture.done(run)
    const log = (await (await call(`/api/v1/runs/${run.id}/jobs/${jobId}/log?from=2&limit=2`)).json()) as {
      lines: { n: number }[]
      nextFrom: number
      isComplete: boolean
    }
    expect(log).toMatchObject({ lines: [{ n: 2 }, { n: 3 }], nextFrom: 4, isComplete: false })
    const artifact = await call(`/api/v1/runs/${run.id}/artifacts/app`)
    expect(artifact.headers.get('content-type')).toBe('application/x-tar')
    expect(Buffer.from(await artifact.arrayBuffer()).toString('latin1')).toContain('content\n')
    expect((await call(`/api/v1/runs/${run.id}/artifacts/nope`)).status).toBe(404)
    expect((await call(`/api/v1/runs/${run.id}/jobs/job_00000000/log/stream`)).status).toBe(404)
    expect((await call('/api/v1/runs/run_00000000')).status).toBe(404)

    const first = (await (await call('/api/v1/runs?limit=2')).json()) as { items: { id: string }[]; nextCursor: string }
    const second = (await (await call(`/api/v1/runs?limit=2&cursor=${first.nextCursor}`)).json()) as { items: { id: string }[] }
    expect(new Set([...first.items, ...second.items].map((item) => item.id)).size).toBe(4)
    const own = (await (await call('/api/v1/runs?repository=acme/routes&component=routes&branch=main&state=completed')).json()) as { items: { id: string }[] }
    expect(own.items.map((item) => item.id)).toEqual([run.id])
  })

  it('start a workflow with inputs, name wrong ones, run it again', async () => {
    fixture.source.commit('acme/manual', {
      '.github/workflows/go.yml':
        'on: {workflow_dispatch: {inputs: {n: {type: number, default: 2}}}}\njobs: {a: {runs-on: x, steps: [{run: "test ${{ inputs.n }} = 5"}]}}\n',
    })
    const post = async (path: string, body?: unknown): Promise<Response> =>
      await call(path, { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
    const wrong = await post('/api/v1/runs', { repository: 'acme/manual', workflow: 'go.yml', inputs: { n: 'many' } })
    expect([wrong.status, ((await wrong.json()) as { errors: unknown[] }).errors]).toEqual([
      422,
      [{ field: 'inputs.n', message: 'has to be a number, not "many"' }],
    ])
    const started = await post('/api/v1/runs', { repository: 'acme/manual', workflow: 'go.yml', ref: 'main', inputs: { n: 5 } })
    expect(started.status).toBe(202)
    const run = (await started.json()) as Run
    expect(run).toMatchObject({ actor: 'user:default/ana', event: 'workflow_dispatch', branch: 'main' })
    expect((await fixture.done(run)).conclusion).toBe('success')
    expect((await post(`/api/v1/runs/${run.id}/cancel`)).status).toBe(409)
    const again = await post(`/api/v1/runs/${run.id}/rerun`)
    expect(((await again.json()) as Run).attempt).toBe(2)
    expect((await fixture.done(run)).conclusion).toBe('success')
  })
})
