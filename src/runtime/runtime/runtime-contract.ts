import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { LogLine, Runtime, WorkloadSpec, WorkloadStatus } from './runtime.ts'

/**
 * Programs that an adapter's harness can run: `serves` writes `started` to stdout, then becomes ready; `crashes` writes `Error: boom` to stderr and
 * exits with 1; `never-ready` runs and never takes a connection; `grows` becomes ready and uses 80 MB more than it is allowed.
 */
export type ContractProgram = 'serves' | 'crashes' | 'never-ready' | 'grows'

/** What an adapter gives the suite: itself, and specs of workloads that behave in a known way. */
export interface RuntimeHarness extends AsyncDisposable {
  runtime: Runtime
  /** A spec with one replica, a grace of 2 s and no limits that runs the program. Each call names another component. */
  specOf(program: ContractProgram): WorkloadSpec
}

/** The promises of `Runtime`, a test each. An adapter's own test calls this with a way to make an empty runtime. */
export function runtimeContract(name: string, make: () => Promise<RuntimeHarness>): void {
  describe(`Runtime contract: ${name}`, () => {
    let harness: RuntimeHarness
    let runtime: Runtime
    beforeAll(async () => {
      harness = await make()
      runtime = harness.runtime
    })
    afterAll(async () => await harness[Symbol.asyncDispose]())

    const until = async (spec: WorkloadSpec, test: (status: WorkloadStatus) => void): Promise<WorkloadStatus> =>
      await vi.waitFor(
        async () => {
          const status = await runtime.status(spec.ref)
          test(status)
          return status
        },
        { timeout: 20_000, interval: 25 },
      )
    const untilReady = (spec: WorkloadSpec): Promise<WorkloadStatus> => until(spec, (status) => expect(status).toMatchObject({ state: 'ready' }))
    const idsOf = (status: WorkloadStatus): string[] => status.instances.map((instance) => instance.id).sort()
    const linesOf = async (spec: WorkloadSpec, tailLines?: number): Promise<LogLine[]> => await Array.fromAsync(runtime.logs(spec.ref, { tailLines }))

    it('brings an ensured workload to as many ready replicas as were asked for', async () => {
      const spec = { ...harness.specOf('serves'), replicas: 2 }
      await runtime.ensure(spec)
      const status = await untilReady(spec)
      expect(status).toMatchObject({ ref: spec.ref, version: '1', desiredReplicas: 2, readyReplicas: 2, message: '2 of 2 ready' })
      expect(status.instances).toHaveLength(2)
    })

    it('is ready for the times of a schedule, or refuses it when it has none', async () => {
      const spec = { ...harness.specOf('crashes'), schedule: { cron: '0 0 1 1 *', timeoutSeconds: 60 } }
      const ensured = await runtime.ensure(spec).then(
        () => 'ready',
        (error: { code?: string }) => error.code,
      )
      const { schedules } = runtime.capabilities
      expect(ensured).toBe(schedules ? 'ready' : 'runtime.runtime.unsupported')
      await until(spec, (status) => expect([status.state, status.instances.length]).toEqual(schedules ? ['ready', 1] : ['absent', 0]))
    })

    it('changes nothing when the same is ensured again, also by another change', async () => {
      const spec = harness.specOf('serves')
      await runtime.ensure(spec)
      const before = await untilReady(spec)
      await runtime.ensure({ ...spec, labels: { ...spec.labels, changeId: 'chg_other' } })
      const after = await runtime.status(spec.ref)
      expect(after.instances).toEqual(before.instances)
      expect(after.fingerprint).toBe(before.fingerprint)
    })

    it('ends calls at the same time as if they had come one after the other', async () => {
      const spec = harness.specOf('serves')
      await Promise.all(Array.from({ length: 8 }, () => runtime.ensure(spec)))
      expect((await untilReady(spec)).instances).toHaveLength(1)
    })

    it('starts and stops the difference when the number of replicas changes', async () => {
      const spec = harness.specOf('serves')
      await runtime.ensure(spec)
      const one = idsOf(await untilReady(spec))
      await runtime.ensure({ ...spec, replicas: 3 })
      const three = await until(spec, (status) => expect(status).toMatchObject({ state: 'ready', readyReplicas: 3 }))
      expect(idsOf(three)).toEqual(expect.arrayContaining(one))
      await runtime.ensure({ ...spec, replicas: 1 })
      const left = await until(spec, (status) => expect(status.instances).toHaveLength(1))
      expect(idsOf(left)).toEqual(one)
    })

    it('replaces replicas when the spec changes, without a moment in which none is ready', async () => {
      const spec = harness.specOf('serves')
      await runtime.ensure(spec)
      const before = idsOf(await untilReady(spec))
      const seen: number[] = []
      await runtime.ensure({ ...spec, environment: { COLOUR: { value: 'blue' } } })
      const after = await until(spec, (status) => {
        seen.push(status.readyReplicas)
        expect(idsOf(status)).not.toEqual(expect.arrayContaining(before))
        expect(status.state).toBe('ready')
      })
      expect(after.instances).toHaveLength(1)
      expect(Math.min(...seen)).toBe(1)
    })

    it('keeps the old replicas when the new spec never gets ready', async () => {
      const spec = harness.specOf('serves')
      await runtime.ensure(spec)
      const before = idsOf(await untilReady(spec))
      const broken = { ...harness.specOf('crashes'), ref: spec.ref }
      await runtime.ensure(broken)
      const status = await until(spec, (status) => expect(status.message).toContain('exited with 1'))
      expect(status).toMatchObject({ state: 'degraded', readyReplicas: 1 })
      expect(idsOf(status)).toEqual(expect.arrayContaining(before))
    })

    it('starts a replica that ends again, and says why it ended', async () => {
      const spec = harness.specOf('crashes')
      await runtime.ensure(spec)
      const status = await until(spec, (status) => expect(status.instances[0]?.restarts).toBeGreaterThan(0))
      expect(status).toMatchObject({ state: 'failed', readyReplicas: 0, message: '0 of 1 ready: exited with 1: Error: boom' })
    })

    it('does not call ready what takes no connections', async () => {
      const spec = harness.specOf('never-ready')
      await runtime.ensure(spec)
      await vi.waitFor(async () => expect(await linesOf(spec)).not.toHaveLength(0), { timeout: 20_000 })
      expect(await runtime.status(spec.ref)).toMatchObject({ state: 'starting', readyReplicas: 0 })
    })

    it('answers absent for what it has never heard of', async () => {
      const ref = { component: 'nobody', environment: 'dev', release: 'rel_none' }
      expect(await runtime.status(ref)).toMatchObject({ state: 'absent', desiredReplicas: 0, instances: [] })
    })

    it('stops a workload, and an absent or stopped one too', async () => {
      const spec = harness.specOf('serves')
      await runtime.stop(spec.ref)
      await runtime.ensure(spec)
      await untilReady(spec)
      await runtime.stop(spec.ref)
      expect(await runtime.status(spec.ref)).toMatchObject({ state: 'stopped', readyReplicas: 0, instances: [] })
      await runtime.stop(spec.ref)
      expect(await runtime.list({ component: spec.ref.component })).toEqual([])
    })

    it('starts again what was stopped', async () => {
      const spec = harness.specOf('serves')
      await runtime.ensure(spec)
      await untilReady(spec)
      await runtime.stop(spec.ref)
      await runtime.ensure(spec)
      expect(await untilReady(spec)).toMatchObject({ readyReplicas: 1 })
    })

    it('lists what should run, by component and environment', async () => {
      const spec = harness.specOf('serves')
      const staging = { ...spec, ref: { ...spec.ref, environment: 'staging' } }
      await runtime.ensure(spec)
      await runtime.ensure(staging)
      const list = await runtime.list({ component: spec.ref.component })
      expect(list.map((status) => status.ref.environment)).toEqual(['dev', 'staging'])
      expect(await runtime.list({ component: spec.ref.component, environment: 'staging' })).toMatchObject([{ ref: staging.ref }])
      expect((await runtime.list()).length).toBeGreaterThanOrEqual(2)
    })

    it('replaces all replicas on restart', async () => {
      const spec = harness.specOf('serves')
      await runtime.ensure(spec)
      const before = idsOf(await untilReady(spec))
      await runtime.restart(spec.ref, 'user:default/ana')
      await until(spec, (status) => {
        expect(status.state).toBe('ready')
        expect(idsOf(status)).not.toEqual(expect.arrayContaining(before))
      })
    })

    it('refuses to restart, or to read the log of, what is not there', async () => {
      const ref = { component: 'nobody', environment: 'dev', release: 'rel_none' }
      await expect(runtime.restart(ref, 'user:default/ana')).rejects.toMatchObject({ code: 'runtime.runtime.not_found' })
      await expect(Array.fromAsync(runtime.logs(ref, {}))).rejects.toMatchObject({ code: 'runtime.runtime.not_found' })
    })

    it('keeps the lines of replicas, also when they have been replaced', async () => {
      const spec = harness.specOf('serves')
      await runtime.ensure(spec)
      const [first = ''] = idsOf(await untilReady(spec))
      await runtime.restart(spec.ref, 'user:default/ana')
      await vi.waitFor(
        async () => {
          const lines = await linesOf(spec)
          expect(lines.map((line) => line.line)).toEqual(['started', 'started'])
          expect(lines[0]).toMatchObject({ instance: first, stream: 'stdout' })
          expect(new Date(lines[0]?.at ?? '').getTime()).toBeGreaterThan(0)
        },
        { timeout: 20_000 },
      )
      expect(await linesOf(spec, 1)).toHaveLength(1)
      expect(await linesOf(spec, 0)).toHaveLength(0)
    })

    it('follows the log until told to stop', async () => {
      const spec = harness.specOf('serves')
      await runtime.ensure(spec)
      await untilReady(spec)
      await vi.waitFor(async () => expect(await linesOf(spec)).toHaveLength(1), { timeout: 20_000 })
      const abort = new AbortController()
      const seen: string[] = []
      const following = (async () => {
        for await (const line of runtime.logs(spec.ref, { follow: abort.signal })) seen.push(line.line)
      })()
      await vi.waitFor(() => expect(seen).toEqual(['started']))
      await runtime.restart(spec.ref, 'user:default/ana')
      await vi.waitFor(() => expect(seen).toEqual(['started', 'started']), { timeout: 20_000 })
      abort.abort()
      await following
    })

    it.each([
      { why: 'no program', wrong: { command: [] } },
      { why: 'replicas below nothing', wrong: { replicas: -1 } },
      { why: 'a path that leads out', wrong: { ref: { component: '..', environment: 'dev', release: 'rel_1' } } },
    ])('refuses $why and records nothing', async ({ wrong }) => {
      const spec = { ...harness.specOf('serves'), ...wrong }
      await expect(runtime.ensure(spec)).rejects.toMatchObject({ code: 'runtime.runtime.bad_spec' })
      expect(await runtime.status(spec.ref)).toMatchObject({ state: 'absent' })
    })

    it('restarts what uses more memory than allowed, or declares that it does not look', async () => {
      const spec = { ...harness.specOf('grows'), limits: { memoryBytes: 120 * 1024 * 1024, cpuMillicores: 100 } }
      await runtime.ensure(spec)
      if (runtime.capabilities.memoryLimit === 'ignored') {
        await untilReady(spec)
        return
      }
      const status = await until(spec, (status) => expect(status.instances[0]?.restarts).toBeGreaterThan(0))
      expect(status.instances[0]?.lastExit).toMatch(/^out of memory: used \d+ MB of 120 MB$/)
    })

    it('refuses volumes, or runs a workload that has one', async () => {
      const spec = { ...harness.specOf('serves'), volumes: [{ mountPath: '/data', volumeId: 'volume/orders/dev/data' }] }
      if (runtime.capabilities.volumes) {
        await runtime.ensure(spec)
        await untilReady(spec)
        return
      }
      await expect(runtime.ensure(spec)).rejects.toMatchObject({ code: 'runtime.runtime.unsupported' })
      expect(await runtime.status(spec.ref)).toMatchObject({ state: 'absent' })
    })
  })
}
