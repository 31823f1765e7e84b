import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, lstat, mkdir, readlink, rm, stat, symlink } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, pack } from 'tar-stream'
import { pipelineFaults } from '../pipeline-faults.ts'

/** One file for an archive: what it is called there, and where it lies. */
export interface ArchiveFile {
  /** With `/`, never `..`, e.g. `dist/app.js`. */
  name: string
  file: string
}

/** The time of every entry: equal files make equal archives. */
const EPOCH = new Date(0)

/** A tar of files, as a stream. Links stay links when asked for, else their content is taken. */
export function packFiles(files: readonly ArchiveFile[], options: { keepLinks: boolean }): AsyncIterable<Uint8Array> {
  const archive = pack()
  void (async () => {
    try {
      for (const entry of files) await addEntry(archive, entry, options.keepLinks)
      archive.finalize()
    } catch (error) {
      archive.destroy(error as Error)
    }
  })()
  return archive as unknown as AsyncIterable<Uint8Array>
}

async function addEntry(archive: ReturnType<typeof pack>, { name, file }: ArchiveFile, keepLinks: boolean): Promise<void> {
  const own = await lstat(file)
  if (own.isSymbolicLink() && keepLinks) {
    await new Promise<void>((resolve, reject) => {
      void readlink(file).then(
        (linkname) => archive.entry({ name, type: 'symlink', linkname, mtime: EPOCH }, (error) => (error ? reject(error) : resolve())),
        reject,
      )
    })
    return
  }
  const stats = await stat(file)
  const entry = archive.entry({ name, size: stats.size, mode: stats.mode & 0o777, mtime: EPOCH })
  // Not a byte more than was promised, also of a file that grows meanwhile.
  await pipeline(stats.size === 0 ? [] : createReadStream(file, { end: stats.size - 1 }), entry)
}

/** Where unpacking stops. */
export interface UnpackLimits {
  maxBytes: number
  maxFiles: number
}

/**
 * Unpacks a tar into an existing folder, and nowhere else: absolute names, `..`, devices, hard links, and links that lead out are refused,
 * and nothing is written through a link.
 * @param allowLinks whether symbolic links that stay inside are made; else they are refused.
 * @throws `delivery.pipeline.unsafe_path`, `delivery.pipeline.too_large`.
 */
export async function unpackTar(
  source: Readable | AsyncIterable<Uint8Array>,
  folder: string,
  options: UnpackLimits & { allowLinks: boolean },
): Promise<string[]> {
  const reader = extract()
  const names: string[] = []
  let sizeBytes = 0
  const reading = pipeline(source, reader)
  // The failure that counts is the loop's; the pipeline's follows from it.
  reading.catch(() => {})
  for await (const entry of reader) {
    const { header } = entry
    const name = safeName(header.name)
    const target = path.join(folder, name)
    sizeBytes += header.size ?? 0
    if (sizeBytes > options.maxBytes) throw pipelineFaults.too_large({ what: 'the archive', limitBytes: options.maxBytes })
    if (names.length >= options.maxFiles)
      throw pipelineFaults.too_large({ what: `the archive (more than ${options.maxFiles} files)`, limitBytes: options.maxBytes })
    if (header.type === 'directory') {
      await makeFolder(folder, name)
      entry.resume()
      continue
    }
    await makeFolder(folder, path.posix.dirname(name))
    if (header.type === 'symlink' && options.allowLinks) {
      await linkSafely(folder, name, header.linkname ?? '')
      entry.resume()
    } else if (header.type === 'file' || header.type === 'contiguous-file') {
      await rm(target, { force: true })
      await pipeline(entry, createWriteStream(target, { flags: 'wx' }))
      await chmod(target, (header.mode ?? 0o644) & 0o777)
    } else throw pipelineFaults.unsafe_path({ path: header.name, why: `an archive may not hold a ${header.type}` })
    names.push(name)
  }
  await reading
  return names
}

/** @throws `delivery.pipeline.unsafe_path` for a name that could leave its folder. */
export function safeName(name: string): string {
  const why =
    name.includes('\0') || name.includes('\\')
      ? 'it has a sign that is no part of a name'
      : path.posix.isAbsolute(name)
        ? 'it is absolute'
        : name.split('/').includes('..')
          ? 'it has ".."'
          : undefined
  if (why !== undefined) throw pipelineFaults.unsafe_path({ path: name, why })
  return path.posix.normalize(name).replace(/\/$/, '')
}

/** Makes the folders of a name one by one, so that none of them is a link that leads elsewhere. */
async function makeFolder(root: string, name: string): Promise<void> {
  let current = root
  for (const part of name.split('/').filter((piece) => piece !== '' && piece !== '.')) {
    current = path.join(current, part)
    const stats = await lstat(current).catch(() => undefined)
    if (stats?.isSymbolicLink()) throw pipelineFaults.unsafe_path({ path: name, why: 'it leads through a symbolic link' })
    if (!stats?.isDirectory()) await mkdir(current)
  }
}

async function linkSafely(root: string, name: string, linkname: string): Promise<void> {
  const target = path.resolve(root, path.dirname(name), linkname)
  if (path.isAbsolute(linkname) || (target !== root && !target.startsWith(`${root}/`)))
    throw pipelineFaults.unsafe_path({ path: name, why: `its link leads to "${linkname}", outside` })
  await rm(path.join(root, name), { force: true })
  await symlink(linkname, path.join(root, name))
}
