import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'

interface PortalFile {
  type: string
  isHashed: boolean
  bodies: { identity: Uint8Array; br: Uint8Array | undefined; gzip: Uint8Array | undefined }
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/** Scripts and styles from ourselves alone; Mantine writes style elements, hence the exception for styles. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'x-frame-options': 'DENY',
}

/**
 * Serves the portal's build from `folder`: hashed assets for ever, every other address is the one page (the router is in the browser).
 * Files are read at their first request, then kept; the build left them compressed beside. @returns a handler that answers undefined for what is not the portal's.
 */
export function portalFiles(folder: string): (request: Request) => Promise<Response | undefined> {
  let build = openBuild(folder)
  let builtAtMs: number | undefined

  /** The build that lies there now: a new one, e.g. after an update, is taken up with its next page. */
  const current = async (isPage: boolean): Promise<PortalBuild> => {
    if (!isPage) return await build
    const changedAtMs = await stat(path.join(folder, 'index.html')).then(
      (found) => found.mtimeMs,
      () => undefined,
    )
    if (changedAtMs !== builtAtMs) build = openBuild(folder)
    builtAtMs = changedAtMs
    return await build
  }

  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const { pathname } = new URL(request.url)
    if (/^\/(api|git|v2|v1)\//.test(pathname)) return undefined
    const wanted = decoded(pathname.slice(1))
    if (wanted === undefined) return undefined
    const isPage = !/\.\w{2,5}$/.test(wanted) || wanted === 'index.html'
    const { names, load } = await current(isPage)
    if (!isPage && !names.has(wanted)) return undefined
    const file = await load(isPage ? 'index.html' : wanted)
    return file
      ? answer(request, file)
      : new Response('The portal has not been built yet: run `npm start` in the checkout.\n', { status: 503, headers: { 'content-type': 'text/plain' } })
  }
}

interface PortalBuild {
  names: ReadonlySet<string>
  readonly load: (name: string) => Promise<PortalFile | undefined>
}

async function openBuild(folder: string): Promise<PortalBuild> {
  const listed = await readdir(folder, { recursive: true }).catch(() => [])
  const cache = new Map<string, Promise<PortalFile | undefined>>()
  return {
    names: new Set(listed.map((name) => name.split(path.sep).join('/'))),
    load: (name) => {
      const found = cache.get(name) ?? readPortalFile(folder, name)
      cache.set(name, found)
      return found
    },
  }
}

/** Undefined for percent signs that decode to nothing. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

function answer(request: Request, file: PortalFile): Response {
  const accepted = request.headers.get('accept-encoding') ?? ''
  const encoding = file.bodies.br && /\bbr\b/.test(accepted) ? 'br' : file.bodies.gzip && /\bgzip\b/.test(accepted) ? 'gzip' : 'identity'
  const body = file.bodies[encoding] ?? file.bodies.identity
  return new Response(request.method === 'HEAD' ? null : Uint8Array.from(body), {
    headers: {
      'content-type': file.type,
      'content-length': String(body.byteLength),
      'cache-control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
      ...SECURITY_HEADERS,
    },
  })
}

async function readPortalFile(folder: string, name: string): Promise<PortalFile | undefined> {
  const identity = await readIfThere(path.join(folder, name))
  if (!identity) return undefined
  const type = TYPES[path.extname(name)] ?? 'application/octet-stream'
  const isText = /^(text|image\/svg|application\/json)/.test(type)
  const bodies = isText
    ? { identity, br: await readIfThere(path.join(folder, `${name}.br`)), gzip: await readIfThere(path.join(folder, `${name}.gz`)) }
    : { identity, br: undefined, gzip: undefined }
  return { type, isHashed: name.startsWith('assets/'), bodies }
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  return await readFile(file).catch(() => undefined)
}
