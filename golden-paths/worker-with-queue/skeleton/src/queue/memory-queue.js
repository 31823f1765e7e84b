/** Keeps jobs in memory: for tests, and for a start without a database. The same promises as `postgres-queue.js`, but for outliving the process. */
export function createMemoryQueue({ now = () => Date.now() } = {}) {
  const jobs = new Map()
  const listeners = new Set()
  let lastId = 0
  const isHeld = (job, attempt) => job?.state === 'running' && job.attempts === attempt

  return {
    async ready() {},
    async add({ kind, payload = {}, key = null, runAt = now(), maxAttempts = 5 }) {
      const same = key === null ? undefined : [...jobs.values()].find((job) => job.key === key)
      if (same) return { ...view(same), isNew: false }
      const job = { id: String(++lastId), kind, payload, key, state: 'ready', attempts: 0, maxAttempts, runAt, lockedUntil: 0, createdAt: now(), finishedAt: null, result: null, error: null }
      jobs.set(job.id, job)
      for (const listener of listeners) listener()
      return { ...view(job), isNew: true }
    },
    async take({ limit, leaseMs, kinds }) {
      const at = now()
      for (const job of jobs.values())
        if (job.state === 'running' && job.lockedUntil <= at && job.attempts >= job.maxAttempts) Object.assign(job, { state: 'dead', finishedAt: at, error: 'its worker died' })
      const due = [...jobs.values()]
        .filter((job) => kinds.includes(job.kind) && ((job.state === 'ready' && job.runAt <= at) || (job.state === 'running' && job.lockedUntil <= at)))
        .sort((a, b) => a.runAt - b.runAt || Number(a.id) - Number(b.id))
        .slice(0, limit)
      return due.map((job) => {
        Object.assign(job, { state: 'running', attempts: job.attempts + 1, lockedUntil: at + leaseMs })
        return view(job)
      })
    },
    async extend(id, attempt, leaseMs) {
      const job = jobs.get(id)
      if (!isHeld(job, attempt)) return false
      job.lockedUntil = now() + leaseMs
      return true
    },
    async finish(id, attempt, result) {
      const job = jobs.get(id)
      if (!isHeld(job, attempt)) return false
      Object.assign(job, { state: 'done', result, error: null, finishedAt: now() })
      return true
    },
    async fail(id, attempt, message, { state, delayMs = 0 }) {
      const job = jobs.get(id)
      if (!isHeld(job, attempt)) return false
      Object.assign(job, { state, error: message, runAt: now() + delayMs, finishedAt: state === 'dead' ? now() : null })
      return true
    },
    async revive(id) {
      const job = jobs.get(id)
      if (job?.state !== 'dead') return false
      Object.assign(job, { state: 'ready', attempts: 0, runAt: now(), finishedAt: null })
      for (const listener of listeners) listener()
      return true
    },
    async find(id) {
      const job = jobs.get(id)
      return job && view(job)
    },
    async list({ state, limit }) {
      return [...jobs.values()].reverse().filter((job) => state === undefined || job.state === state).slice(0, limit).map(view)
    },
    async counts() {
      const counts = { ready: 0, running: 0, done: 0, dead: 0 }
      for (const job of jobs.values()) counts[job.state] += 1
      return counts
    },
    async forget(before) {
      for (const job of jobs.values()) if (job.state === 'done' && job.finishedAt < before) jobs.delete(job.id)
    },
    onAdded(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {},
  }
}

function view({ lockedUntil, ...job }) {
  const time = (at) => (at === null ? null : new Date(at))
  return { ...job, runAt: time(job.runAt), createdAt: time(job.createdAt), finishedAt: time(job.finishedAt) }
}
