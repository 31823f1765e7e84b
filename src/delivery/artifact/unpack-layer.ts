import { mkdir, open, realpath, symlink } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { isFault } from '#kernel/common/fault'
import { artifactFaults } from './artifact-faults.ts'
import { MAX_ENTRIES, MAX_UNPACKED_BYTES } from './pack-layer.ts'

/** Where unpacking stops. */
export interface UnpackLimits {
  maxEntries: number
  maxBytes: number
}

/**
 * Unpacks a tar+gzip stream into `folder`, which must be new and ours alone. Files and folders first and links last, so that nothing is ever written
 * through a link; then each link is followed, and one that leads out of the folder, or nowhere, is refused.
 * @throws `delivery.artifact.bad_archive`, `delivery.artifact.too_large`; the folder is then to be thrown away.
 */
export async function unpackLayer(
  digest: string,
  source: Readable,
  folder: string,
  limits: UnpackLimits = { maxEntries: MAX_ENTRIES, maxBytes: MAX_UNPACKED_BYTES },
): Promise<void> {
  const links: { name: string; target: string }[] = []
  const seen = new Set<string>()
  let sizeBytes = 0
  const tar = extract()
  const reading = pipeline(source, createGunzip(), tar).catch((error: unknown) => error)
  try {
    for await (const entry of tar) {
      const name = safeName(digest, entry.header)
      if (name !== '' && entry.header.type !== 'directory' && seen.has(name)) throw bad(digest, `"${name}" comes twice`)
      seen.add(name)
      sizeBytes += entry.header.size
      if (seen.size > limits.maxEntries) throw artifactFaults.too_large({ what: 'files', limit: limits.maxEntries })
      if (sizeBytes > limits.maxBytes) throw artifactFaults.too_large({ what: 'bytes', limit: limits.maxBytes })
      if (entry.header.type === 'symlink') links.push({ name, target: entry.header.linkname })
      else if (entry.header.type === 'directory') await mkdir(path.join(folder, name), { recursive: true, mode: 0o755 })
      else await writeFile(path.join(folder, name), entry as unknown as AsyncIterable<Uint8Array>, entry.header)
      entry.resume()
    }
  } catch (error) {
    tar.destroy()
    source.destroy()
    await reading
    if (isFault(error)) throw error
    throw bad(digest, 'it is no sound tar+gzip archive', error)
  }
  const failure = await reading
  if (failure !== undefined) throw bad(digest, 'it is no sound tar+gzip archive', failure)
  await makeLinks(digest, folder, links)
}

function safeName(digest: string, header: Header): string {
  const { name, type } = header
  if (type !== 'file' && type !== 'directory' && type !== 'symlink' && type !== 'contiguous-file')
    throw bad(digest, `"${name.slice(0, 100)}" is of the kind "${type}"`)
  const parts = name.replace(/\/$/, '').split('/')
  const isGood = name.length <= 4_096 && !name.includes('\0') && !name.includes('\\') && parts.every((part) => part !== '' && part !== '.' && part !== '..')
  if (!isGood) throw bad(digest, `"${name.slice(0, 100)}" is no path inside the artifact`)
  return parts.join('/')
}

/** By hand instead of `pipeline`: an entry's stream is not Node's own, and ends without a word when its archive breaks off. */
async function writeFile(file: string, content: AsyncIterable<Uint8Array>, header: Header): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o755 })
  const handle = await open(file, 'wx', header.mode & 0o100 ? 0o755 : 0o644)
  try {
    for await (const chunk of content) await handle.writeFile(chunk)
  } finally {
    await handle.close()
  }
}

async function makeLinks(digest: string, folder: string, links: readonly { name: string; target: string }[]): Promise<void> {
  const root = await realpath(folder)
  for (const link of links) {
    if (link.target === '' || path.isAbsolute(link.target) || link.target.includes('\0'))
      throw bad(digest, `link "${link.name}" leads to "${link.target.slice(0, 100)}"`)
    const file = path.join(root, link.name)
    // The folder that the link goes into must be a real one of ours, not one reached by a link made before.
    await mkdir(path.dirname(file), { recursive: true, mode: 0o755 })
    if ((await realpath(path.dirname(file))) !== path.dirname(file)) throw bad(digest, `link "${link.name}" lies behind another link`)
    await symlink(link.target, file).catch((error: unknown) => {
      throw bad(digest, `link "${link.name}" can't be made`, error)
    })
  }
  for (const link of links) {
    const real = await realpath(path.join(root, link.name)).catch(() => '')
    if (real !== root && !real.startsWith(`${root}${path.sep}`)) throw bad(digest, `link "${link.name}" leads out of the artifact, or nowhere`)
  }
}

function bad(digest: string, why: string, cause?: unknown): Error {
  return artifactFaults.bad_archive({ digest, why }, cause === undefined ? {} : { cause })
}
