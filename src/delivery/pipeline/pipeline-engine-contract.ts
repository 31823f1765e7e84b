import { describe, expect, it } from 'vitest'
import type { PipelineEngine } from './pipeline-engine.ts'
import type { Run, StartRequest } from './run/run.ts'

/** What an adapter's own test gives the suite: an engine, and a way to put a workflow where the engine finds it. */
export interface PipelineEngineSubject {
  engine: PipelineEngine
  /** Commits `workflow` as `.github/workflows/ci.yml` (and a script beside it). The repository has the secret `TOKEN` with `SECRET_VALUE`. */
  prepare: (workflow: string) => Promise<Omit<StartRequest, 'event' | 'workflowFile' | 'actor'>>
}

/** Value of the secret `TOKEN` in the suite. */
export const SECRET_VALUE = 's3cr3t-t0ken-value'

const actor = 'user:default/ana'
const manual = 'on: {workflow_dispatch: {inputs: {who: {required: true}, loud: {type: boolean}}}}\n'
const one = (steps: string): string => `${manual}jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`

/** The promises of `PipelineEngine`, one test each. */
export function pipelineEngineContract(name: string, make: () => Promise<PipelineEngineSubject>): void {
  const begin = async (workflow: string, extra: Partial<StartRequest> = {}): Promise<{ engine: PipelineEngine; run: Run; request: StartRequest }> => {
    const { engine, prepare } = await make()
    const request: StartRequest = {
      ...(await prepare(workflow)),
      event: 'workflow_dispatch',
      workflowFile: 'ci.yml',
      actor,
      inputs: { who: 'world' },
      ...extra,
    }
    return { engine, run: await engine.start(request), request }
  }
  const over = async (engine: PipelineEngine, run: Run): Promise<Run> => {
    await expect.poll(async () => (await engine.get(run.id)).state, { timeout: 30_000, interval: 10 }).toBe('completed')
    return await engine.get(run.id)
  }

  describe(`PipelineEngine contract: ${name}`, () => {
    it('answers a start at once and runs by itself', async () => {
      const { engine, run } = await begin(one('      - run: echo "hello ${{ inputs.who }}"\n'))
      expect(run).toMatchObject({ conclusion: null, actor, event: 'workflow_dispatch' })
      expect(await over(engine, run)).toMatchObject({ conclusion: 'success', jobs: [{ key: 'a', conclusion: 'success' }] })
    })

    it('makes one run of two starts with one key, also at the same time', async () => {
      const { engine, run, request } = await begin(one('      - run: echo\n'), { idempotencyKey: `key-${Math.random()}` })
      const again = await Promise.all([engine.start(request), engine.start(request)])
      expect(again.map((other) => other.id)).toEqual([run.id, run.id])
      await over(engine, run)
    })

    it('fails a workflow that can not run, with file and line, before any job', async () => {
      const { engine, prepare } = await make()
      const request: StartRequest = {
        ...(await prepare(one('      - uses: evil/unknown@v1\n'))),
        event: 'workflow_dispatch',
        workflowFile: 'ci.yml',
        actor,
        inputs: { who: 'x' },
      }
      const run = await over(engine, await engine.start(request))
      expect(run).toMatchObject({ conclusion: 'failure', jobs: [], annotations: [{ level: 'error', file: '.github/workflows/ci.yml', line: 6 }] })
    })

    it('names every wrong input', async () => {
      const { engine, prepare } = await make()
      const request: StartRequest = {
        ...(await prepare(one('      - run: echo\n'))),
        event: 'workflow_dispatch',
        workflowFile: 'ci.yml',
        actor,
        inputs: { loud: 'perhaps' },
      }
      await expect(engine.start(request)).rejects.toMatchObject({
        code: 'delivery.pipeline.wrong_inputs',
        errors: [{ field: 'inputs.who' }, { field: 'inputs.loud' }],
      })
    })

    it('refuses what does not exist, and what is not meant to be started so', async () => {
      const { engine, prepare } = await make()
      const base: StartRequest = {
        ...(await prepare('on: push\njobs: {a: {runs-on: x, steps: [{run: echo}]}}\n')),
        event: 'workflow_dispatch',
        workflowFile: 'ci.yml',
        actor,
      }
      await expect(engine.start(base)).rejects.toMatchObject({ code: 'delivery.pipeline.not_triggered' })
      await expect(engine.start({ ...base, workflowFile: 'nope.yml' })).rejects.toMatchObject({ code: 'delivery.pipeline.unknown_source' })
      await expect(engine.start({ ...base, commit: 'f'.repeat(40) })).rejects.toMatchObject({ code: 'delivery.pipeline.unknown_source' })
      await expect(engine.start({ ...base, repository: 'acme/none' })).rejects.toMatchObject({ code: 'delivery.pipeline.unknown_source' })
      await expect(engine.get('run_00000000')).rejects.toMatchObject({ code: 'delivery.pipeline.not_found' })
      await expect(engine.cancel('run_00000000', actor)).rejects.toMatchObject({ code: 'delivery.pipeline.not_found' })
      await expect(engine.logs('run_00000000', 'job_1', { from: 1, limit: 1 })).rejects.toMatchObject({ code: 'delivery.pipeline.not_found' })
    })

    it('numbers the lines of a log without gaps, gives any page, and never a secret', async () => {
      const { engine, run } = await begin(one('      - env: {T: "${{ secrets.TOKEN }}"}\n        run: for i in $(seq 500); do echo "line $i $T"; done\n'))
      const { jobs } = await over(engine, run)
      const job = jobs[0]?.id ?? ''
      const all = await engine.logs(run.id, job, { from: 1, limit: 5_000 })
      expect(all.lines.map((line) => line.n)).toEqual(all.lines.map((_line, index) => index + 1))
      expect(all.lines.length).toBeGreaterThan(500)
      expect(all).toMatchObject({ isComplete: true, nextFrom: all.lines.length + 1 })
      expect(JSON.stringify(all.lines)).not.toContain(SECRET_VALUE)
      const page = await engine.logs(run.id, job, { from: 300, limit: 10 })
      expect(page).toMatchObject({ lines: all.lines.slice(299, 309), nextFrom: 310, isComplete: false })
      await expect(engine.logs(run.id, 'job_00000000', { from: 1, limit: 1 })).rejects.toMatchObject({ code: 'delivery.pipeline.job_not_found' })
    })

    it('stops what a cancel asks for, runs what wants to run then, and ends cancelled', async () => {
      const { engine, run } = await begin(one('      - run: sleep 60\n      - if: always()\n        run: echo cleaned up\n      - run: echo never\n'))
      await expect.poll(async () => (await engine.get(run.id)).jobs[0]?.steps[0]?.state, { timeout: 20_000, interval: 10 }).toBe('running')
      await Promise.all([engine.cancel(run.id, actor), engine.cancel(run.id, actor)])
      const ended = await over(engine, run)
      expect(ended.conclusion).toBe('cancelled')
      expect(ended.jobs[0]?.steps.slice(0, 3).map((step) => step.conclusion)).toEqual(['cancelled', 'success', 'skipped'])
      await expect(engine.cancel(run.id, actor)).rejects.toMatchObject({ code: 'delivery.pipeline.not_active' })
    })

    it('runs again as the next attempt of the same run, or says that it can not', async () => {
      const { engine, run } = await begin(one('      - run: test "${{ github.run_attempt }}" = 2\n'))
      expect((await over(engine, run)).conclusion).toBe('failure')
      const again = await engine.rerun(run.id, actor).catch((error: unknown) => error)
      expect(again).toMatchObject(engine.capabilities.rerun ? { id: run.id, attempt: 2, conclusion: null } : { status: 422 })
      expect((await over(engine, run)).conclusion).toBe(engine.capabilities.rerun ? 'success' : 'failure')
    })

    it('refuses to run again what is not over', async () => {
      const { engine, run } = await begin(one('      - run: sleep 60\n'))
      await expect(engine.rerun(run.id, actor)).rejects.toMatchObject({ code: 'delivery.pipeline.still_active' })
      await engine.cancel(run.id, actor)
      await over(engine, run)
    })
  })
}
