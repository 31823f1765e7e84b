const MAX_BODY_BYTES = 1024 * 1024
const PROBLEM = 'application/problem+json'

/**
 * Answers requests by the contract. `brokenAnswers` says what becomes of an answer that the contract does not promise: `refuse` makes it a 500,
 * `log` sends it and tells us.
 */
export function createApp({ contract, contractText, operations, store, telemetry, log, name, version, brokenAnswers = 'refuse' }) {
  const missing = contract.operations.filter(({ id }) => !Object.hasOwn(operations, id)).map(({ id }) => id)
  if (missing.length > 0) throw new Error(`openapi.yaml promises operations that nobody carries out: ${missing.join(', ')}`)

  const probes = {
    '/': async () => ({ status: 200, body: { service: name, version, contract: '/openapi.yaml' } }),
    // Ready to take traffic. Ask here what the service can't work without.
    '/healthz': async () => {
      await store.ready()
      return { status: 200, body: { status: 'ready' } }
    },
    '/livez': async () => ({ status: 200, body: { status: 'alive' } }),
    '/openapi.yaml': async () => ({ status: 200, type: 'application/yaml', text: contractText }),
  }

  return async function handle(request, response) {
    const url = new URL(request.url, 'http://localhost')
    const matched = Object.hasOwn(probes, url.pathname) ? {} : contract.match(request.method, url.pathname)
    const route = matched.operation?.path ?? (Object.hasOwn(probes, url.pathname) ? url.pathname : 'unmatched')
    const span = telemetry.startSpan(`${request.method} ${route}`, request.headers.traceparent)
    const startedAt = performance.now()
    const onError = (message, fields) => log('error', message, { traceId: span.traceId, ...fields })
    let answer
    try {
      answer = await answerOf(request, url, matched)
      answer = kept(answer, matched.operation, onError)
    } catch (error) {
      // The details are for the log, not for the caller.
      if (!error.answer) onError(error.message, { stack: error.stack })
      answer = error.answer ?? problem(url.pathname === '/healthz' ? 503 : 500, 'Something went wrong')
    }
    const text = answer.text ?? `${JSON.stringify(answer.body)}\n`
    const type = answer.type ?? (answer.status >= 400 ? PROBLEM : 'application/json')
    response.writeHead(answer.status, { 'content-type': `${type}; charset=utf-8`, 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store', ...answer.headers })
    response.end(request.method === 'HEAD' ? undefined : text)
    // Probes come every second: a span and a line for each would hide everything else.
    if (route === '/healthz' || route === '/livez') return
    span.end({ 'http.request.method': request.method, 'http.route': route, 'url.path': url.pathname, 'http.response.status_code': answer.status })
    const durationMs = Math.round((performance.now() - startedAt) * 10) / 10
    log('info', `${request.method} ${url.pathname} ${answer.status}`, { traceId: span.traceId, spanId: span.spanId, status: answer.status, durationMs })
  }

  async function answerOf(request, url, { operation, params, allowed }) {
    if (Object.hasOwn(probes, url.pathname)) return await probes[url.pathname]()
    if (!operation && allowed.length === 0) return problem(404, 'Nothing here', `there is nothing at ${url.pathname}`)
    if (!operation) return { ...problem(405, 'Method not allowed', `${url.pathname} takes ${allowed.join(', ')}`), headers: { allow: allowed.join(', ') } }
    const body = await readJson(request)
    const checked = operation.checkRequest({ params, query: Object.fromEntries(url.searchParams), body })
    if (checked.errors.length > 0) return { ...problem(400, 'Bad request'), body: { ...problem(400, 'Bad request').body, errors: checked.errors } }
    return await operations[operation.id]({ path: checked.path, query: checked.query, body })
  }

  function kept(answer, operation, onError) {
    const broken = operation ? operation.checkAnswer(answer) : []
    if (broken.length === 0) return { ...answer, ...(operation ? { type: operation.typeOf(answer.status) } : {}) }
    onError(`${operation.id} answers what openapi.yaml does not promise: ${broken.map(({ field, message }) => `${field} ${message}`).join('; ')}`, { status: answer.status })
    return brokenAnswers === 'log' ? answer : problem(500, 'Something went wrong')
  }
}

function problem(status, title, detail) {
  return { status, body: { title, status, ...(detail ? { detail } : {}) } }
}

async function readJson(request) {
  const chunks = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw Object.assign(new Error('too large'), { answer: { ...problem(413, 'Too large', `a body has at most ${MAX_BODY_BYTES} bytes`), headers: { connection: 'close' } } })
    chunks.push(chunk)
  }
  if (size === 0) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)))
  } catch (error) {
    throw Object.assign(error, { answer: problem(400, 'Bad request', `the body is no JSON: ${error.message}`) })
  }
}
