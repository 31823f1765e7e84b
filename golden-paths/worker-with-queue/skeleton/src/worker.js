import { afterFailure } from './queue/queue-rules.js'

/**
 * Takes jobs and does them, `concurrency` at a time, until `stop`. Looks when it is told of a job, when one is done, and every `pollMs`.
 * A lease is renewed while its job is worked on; a job that was lost is aborted, and what it says no longer counts.
 */
export function startWorker({ queue, jobs, concurrency, log, telemetry, metrics, leaseMs = 30_000, pollMs = 1000 }) {
  const kinds = Object.keys(jobs)
  const working = new Map()
  const stopping = new AbortController()
  let wake = () => {}
  let isAwake = false
  const onNews = () => {
    isAwake = true
    wake()
  }
  const unlisten = queue.onAdded(onNews)
  const looping = loop()

  async function loop() {
    while (!stopping.signal.aborted) {
      isAwake = false
      const room = concurrency - working.size
      const taken = room <= 0 ? [] : await queue.take({ limit: room, leaseMs, kinds }).catch((error) => void log('error', `jobs could not be taken: ${error.message}`))
      for (const job of taken ?? []) {
        const done = work(job).finally(() => {
          working.delete(job.id)
          onNews()
        })
        working.set(job.id, done)
      }
      // There may be more than there was room for, unless fewer came than were asked for.
      if ((taken?.length ?? 0) === room && room > 0) continue
      await new Promise((resolve) => {
        if (isAwake || stopping.signal.aborted) return resolve()
        const timer = setTimeout(resolve, pollMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  async function work(job) {
    const lost = new AbortController()
    const renewal = setInterval(async () => {
      const isHeld = await queue.extend(job.id, job.attempts, leaseMs).catch(() => true) // the lease tells, not one failed call
      if (!isHeld) lost.abort(new Error('another worker has taken the job over'))
    }, leaseMs / 3)
    const span = telemetry.startSpan(`job ${job.kind}`, job.payload.traceparent)
    const startedAt = Date.now()
    metrics.observe('job_wait_seconds', { kind: job.kind }, Math.max(0, startedAt - job.runAt) / 1000)
    const said = (level, message, more = {}) => log(level, `job ${job.id} (${job.kind}) ${message}`, { traceId: span.traceId, spanId: span.spanId, job: job.id, attempt: job.attempts, durationMs: Date.now() - startedAt, ...more })
    let outcome
    try {
      const result = await jobs[job.kind](job.payload, { signal: AbortSignal.any([lost.signal, stopping.signal]), id: job.id, attempt: job.attempts })
      outcome = (await queue.finish(job.id, job.attempts, result ?? null)) ? 'done' : 'lost'
      said(outcome === 'done' ? 'info' : 'warn', outcome === 'done' ? 'is done' : 'was done, but another worker had taken it over')
    } catch (error) {
      outcome = await failed(job, error, said)
    } finally {
      clearInterval(renewal)
    }
    metrics.count('jobs_total', { kind: job.kind, outcome })
    span.end({ 'job.kind': job.kind, 'job.attempt': job.attempts, 'job.outcome': outcome }, outcome !== 'done')
  }

  async function failed(job, error, said) {
    // Stopped in the middle: it is no fault of the job, and the next worker may begin at once.
    const next = stopping.signal.aborted ? { state: 'ready', delayMs: 0 } : afterFailure(job, error)
    const isKept = await queue.fail(job.id, job.attempts, error.message, next).catch(() => false)
    const outcome = isKept ? (next.state === 'dead' ? 'dead' : 'retried') : 'lost'
    said(outcome === 'dead' ? 'error' : 'warn', `failed: ${error.message}${outcome === 'retried' ? `; again in ${Math.round(next.delayMs / 1000)} s` : outcome === 'dead' ? '; it is a dead letter' : ''}`)
    return outcome
  }

  return {
    get isStopping() {
      return stopping.signal.aborted
    },
    /** Takes nothing more, lets jobs finish for `graceMs`, then aborts them and gives them back. */
    async stop({ graceMs }) {
      unlisten()
      const timer = setTimeout(() => stopping.abort(new Error('the worker stops')), graceMs)
      const done = Promise.allSettled(working.values())
      concurrency = 0
      onNews()
      await done
      clearTimeout(timer)
      stopping.abort(new Error('the worker stops'))
      wake()
      await looping
      await Promise.allSettled(working.values())
    },
  }
}
