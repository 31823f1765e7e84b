const MAX_BODY_BYTES = 256 * 1024
const STATES = ['ready', 'running', 'done', 'dead']

/** Takes jobs in and tells how they are. Everything it needs is handed in. */
export function createApp({ name, version, queue, kinds, maxAttempts, metrics, log }) {
  const routes = [
    ['GET', /^\/$/, async () => ({ status: 200, body: { service: name, version, jobs: await queue.counts() } })],
    ['POST', /^\/jobs$/, async ({ request }) => await add(await readJson(request))],
    ['GET', /^\/jobs$/, async ({ query }) => await list(query)],
    ['GET', /^\/jobs\/(\d{1,18})$/, async ({ match }) => found(await queue.find(match[1]))],
    ['POST', /^\/jobs\/(\d{1,18})\/retry$/, async ({ match }) => ((await queue.revive(match[1])) ? found(await queue.find(match[1])) : refused(409, 'only a dead letter can be put back'))],
    ['GET', /^\/metrics$/, async () => ({ status: 200, type: 'text/plain; version=0.0.4', text: metrics.prometheusText(gaugesOf(await queue.counts())) })],
    // Ready to take jobs: the database answers.
    ['GET', /^\/healthz$/, async () => (await queue.ready(), { status: 200, body: { status: 'ready' } })],
    // Alive: restarting would not help more than this.
    ['GET', /^\/livez$/, async () => ({ status: 200, body: { status: 'alive' } })],
  ]

  async function add(body) {
    if (typeof body !== 'object' || body === null || !kinds.includes(body.kind)) return refused(422, `kind must be one of ${kinds.join(', ')}`)
    const { kind, payload = {}, key = null, delaySeconds = 0 } = body
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return refused(422, 'payload must be an object')
    if (key !== null && (typeof key !== 'string' || key === '' || key.length > 200)) return refused(422, 'key must be a text of at most 200 characters')
    if (!Number.isFinite(delaySeconds) || delaySeconds < 0 || delaySeconds > 31_536_000) return refused(422, 'delaySeconds must be a number from 0 to 31536000')
    const job = await queue.add({ kind, payload, key, maxAttempts, ...(delaySeconds === 0 ? {} : { runAt: Date.now() + delaySeconds * 1000 }) })
    return { status: job.isNew ? 202 : 200, headers: { location: `/jobs/${job.id}` }, body: job }
  }

  async function list(query) {
    const state = query.get('state') ?? undefined
    const limit = Number(query.get('limit') ?? 50)
    if (state !== undefined && !STATES.includes(state)) return refused(400, `state must be one of ${STATES.join(', ')}`)
    if (!Number.isInteger(limit) || limit < 1 || limit > 200) return refused(400, 'limit must be 1 to 200')
    return { status: 200, body: { items: await queue.list({ state, limit }) } }
  }

  return async function handle(request, response) {
    const url = new URL(request.url, 'http://localhost')
    let answer
    try {
      const here = routes.filter(([, pattern]) => pattern.test(url.pathname))
      const route = here.find(([method]) => method === request.method)
      answer = route
        ? await route[2]({ request, query: url.searchParams, match: route[1].exec(url.pathname) })
        : refused(here.length > 0 ? 405 : 404, here.length > 0 ? `${url.pathname} answers ${here.map(([method]) => method).join(', ')} only` : `there is nothing at ${url.pathname}`)
    } catch (error) {
      if (!error.answer) log('error', error.message, { stack: error.stack })
      answer = error.answer ?? (url.pathname === '/healthz' ? { status: 503, body: { status: 'not ready' } } : refused(500, 'something went wrong'))
    }
    const text = answer.text ?? `${JSON.stringify(answer.body)}\n`
    response.writeHead(answer.status, { 'content-type': answer.type ?? 'application/json; charset=utf-8', 'cache-control': 'no-store', ...answer.headers })
    response.end(text)
  }
}

/** How many jobs there are, as gauges. Done ones are forgotten after a while, so they are no gauge. */
export function gaugesOf(counts) {
  return ['ready', 'running', 'dead'].map((state) => ({ name: 'jobs', labels: { state }, value: counts[state] }))
}

function found(job) {
  return job ? { status: 200, body: job } : refused(404, 'there is no such job')
}

function refused(status, error) {
  return { status, body: { error } }
}

async function readJson(request) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw Object.assign(new Error('too large'), { answer: { ...refused(413, `a job has at most ${MAX_BODY_BYTES} bytes`), headers: { connection: 'close' } } })
    chunks.push(chunk)
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch (error) {
    throw Object.assign(error, { answer: refused(400, `the body is no JSON: ${error.message}`) })
  }
}
