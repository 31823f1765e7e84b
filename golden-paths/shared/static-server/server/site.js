const SECURITY = {
  'content-security-policy': "default-src 'self'; img-src 'self' data:; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
}

/** Answers requests for the files of a site. Addresses have no `.html`: `/guide/` is `guide/index.html`, `/about` is `about.html`. */
export function createSite({ files, log }) {
  const notFound = files.get('/404.html')

  return function handle(request, response) {
    const path = pathOf(request.url)
    if (path === '/healthz') return send(response, 200, { 'content-type': 'text/plain', 'cache-control': 'no-store' }, 'ready\n')
    const { status, headers, body } = answerOf(request, path)
    send(response, status, { ...SECURITY, ...headers }, request.method === 'HEAD' ? undefined : body)
    log('info', `${request.method} ${path} ${status}`, { status })
  }

  function answerOf(request, path) {
    if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, headers: { allow: 'GET, HEAD' }, body: 'GET only\n' }
    const found = findFile(files, path)
    if ('redirect' in found) return { status: 308, headers: { location: found.redirect }, body: '' }
    if (!found.file) return { status: 404, ...bodyOf(notFound ?? { content: 'not found\n', encoded: {}, type: 'text/plain' }, request, 'no-store') }
    const { file } = found
    const cache = file.isImmutable ? 'public, max-age=31536000, immutable' : 'public, max-age=60'
    const answer = bodyOf(file, request, cache)
    const isKnown = (request.headers['if-none-match'] ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === answer.headers.etag)
    return isKnown ? { status: 304, headers: answer.headers } : { status: 200, ...answer }
  }
}

/** The file of a path, or where it should have been asked for. */
export function findFile(files, path) {
  if (path === undefined) return {}
  if (path.endsWith('/index.html')) return files.has(path) ? { redirect: path.slice(0, -'index.html'.length) } : {}
  if (path.endsWith('.html') && path !== '/404.html' && files.has(path)) return { redirect: path.slice(0, -'.html'.length) }
  const file = files.get(path.endsWith('/') ? `${path}index.html` : path) ?? files.get(`${path}.html`)
  if (!file && files.has(`${path}/index.html`)) return { redirect: `${path}/` }
  return { file }
}

function bodyOf(file, request, cache) {
  const accepted = (request.headers['accept-encoding'] ?? '').split(',').map((part) => part.split(';'))
  const encoding = Object.keys(file.encoded).find((name) => accepted.some(([wanted, quality]) => wanted.trim() === name && quality?.trim() !== 'q=0'))
  return {
    headers: {
      'content-type': file.type,
      'cache-control': cache,
      vary: 'accept-encoding',
      ...(file.etag ? { etag: `"${file.etag}${encoding ? `-${encoding}` : ''}"` } : {}),
      ...(encoding ? { 'content-encoding': encoding } : {}),
    },
    body: encoding ? file.encoded[encoding] : file.content,
  }
}

/** Undefined for a path that can't be read, or that would lead a browser to another host. */
function pathOf(url) {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0])
    return path.startsWith('//') || path.includes('\\') || path.includes('\0') ? undefined : path
  } catch {
    return undefined
  }
}

function send(response, status, headers, body) {
  response.writeHead(status, status === 304 || body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(status === 304 ? undefined : body)
}
