import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, readdir, readlink, realpath } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack, type Header, type Pack } from 'tar-stream'
import { artifactFaults } from './artifact-faults.ts'

/** Files, folders and links that a layer may have. */
export const MAX_ENTRIES = 200_000
/** Bytes that a layer's files may have together. */
export const MAX_UNPACKED_BYTES = 4 * 1024 ** 3

/** What came out of packing. */
export interface PackedLayer {
  /** `sha256:…` of the packed bytes. */
  digest: string
  sizeBytes: number
  entries: number
  unpackedBytes: number
}

interface Entry {
  /** Below the folder, with `/`. */
  name: string
  file: string
  type: 'file' | 'directory' | 'symlink'
  sizeBytes: number
  isExecutable: boolean
  linkName: string | undefined
}

/**
 * Packs a folder into `target` as tar+gzip that depends on nothing but names, bytes, links and the executable bit: sorted entries, no times, owners or umask.
 * A `.git` at the top is left out, and so are links that lead nowhere.
 * @throws `delivery.artifact.unsafe_entry` (a device, or a link that leads out), `delivery.artifact.too_large`.
 */
export async function packLayer(folder: string, target: string): Promise<PackedLayer> {
  const root = await realpath(folder)
  const entries = (await collect(root, root)).sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
  const unpackedBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0)
  if (entries.length > MAX_ENTRIES) throw artifactFaults.too_large({ what: 'files', limit: MAX_ENTRIES })
  if (unpackedBytes > MAX_UNPACKED_BYTES) throw artifactFaults.too_large({ what: 'bytes', limit: MAX_UNPACKED_BYTES })
  const tar = pack()
  const hash = createHash('sha256')
  let sizeBytes = 0
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      sizeBytes += chunk.length
      done(null, chunk)
    },
  })
  const writing = pipeline(tar, createGzip({ level: 6 }), meter, createWriteStream(target, { flags: 'wx', mode: 0o600 }))
  try {
    for (const entry of entries) await add(tar, entry)
    tar.finalize()
    await writing
  } catch (error) {
    tar.destroy()
    await writing.catch(() => {})
    throw error
  }
  return { digest: `sha256:${hash.digest('hex')}`, sizeBytes, entries: entries.length, unpackedBytes }
}

async function collect(root: string, folder: string): Promise<Entry[]> {
  const found: Entry[] = []
  for (const child of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, child.name)
    const name = path.relative(root, file).split(path.sep).join('/')
    if (name === '.git') continue
    const facts = await lstat(file)
    const common = { name, file, sizeBytes: 0, isExecutable: false, linkName: undefined }
    if (facts.isDirectory()) found.push({ ...common, type: 'directory' }, ...(await collect(root, file)))
    else if (facts.isSymbolicLink()) {
      const linkName = await safeLink(root, file, name)
      if (linkName !== undefined) found.push({ ...common, type: 'symlink', linkName })
    } else if (facts.isFile()) found.push({ ...common, type: 'file', sizeBytes: facts.size, isExecutable: (facts.mode & 0o100) !== 0 })
    else throw artifactFaults.unsafe_entry({ path: name, why: 'it is neither a file, a folder nor a link' })
  }
  return found
}

/** Where the link leads, relative; undefined when that is nowhere. */
async function safeLink(root: string, file: string, name: string): Promise<string | undefined> {
  const linkName = await readlink(file)
  const real = await realpath(file).catch(() => undefined)
  if (real === undefined) return undefined
  if (path.isAbsolute(linkName) || (real !== root && !real.startsWith(`${root}${path.sep}`)))
    throw artifactFaults.unsafe_entry({
      path: name,
      why: `it is a link to "${linkName.slice(0, 100)}", which is not a relative way to something in the artifact`,
    })
  return linkName.split(path.sep).join('/')
}

async function add(tar: Pack, entry: Entry): Promise<void> {
  const header: Partial<Header> & { name: string } = {
    name: entry.type === 'directory' ? `${entry.name}/` : entry.name,
    type: entry.type,
    mode: entry.type === 'file' && !entry.isExecutable ? 0o644 : 0o755,
    mtime: new Date(0),
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    size: entry.sizeBytes,
    ...(entry.linkName === undefined ? {} : { linkname: entry.linkName }),
  }
  if (entry.type !== 'file') {
    tar.entry(header)
    return
  }
  await pipeline(createReadStream(entry.file, { highWaterMark: 256 * 1024 }), tar.entry(header))
}
