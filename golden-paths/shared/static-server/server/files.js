import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml; charset=utf-8',
}
/** Compressed copies that the build lays beside a file, the best first. */
const ENCODINGS = { br: '.br', gzip: '.gz' }
/** `app.3f2a9c01.css`: the build puts the hash of the content into the name, so what it names never changes. */
const HASHED = /\.[0-9a-f]{8}\.\w+$/

/**
 * Reads a folder into memory: paths as they are asked for, with all that an answer needs. What is not in here is not served,
 * so that no path of a request ever reaches the disk.
 */
export async function indexFiles(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
  const files = new Map()
  for (const name of names.filter((candidate) => !Object.values(ENCODINGS).includes(path.extname(candidate)))) {
    const content = await readFile(path.join(root, name))
    const encoded = {}
    for (const [encoding, ending] of Object.entries(ENCODINGS)) if (names.includes(name + ending)) encoded[encoding] = await readFile(path.join(root, name + ending))
    files.set(`/${name.split(path.sep).join('/')}`, {
      content,
      encoded,
      type: TYPES[path.extname(name)] ?? 'application/octet-stream',
      etag: createHash('sha256').update(content).digest('base64url').slice(0, 22),
      isImmutable: HASHED.test(name),
    })
  }
  return files
}
