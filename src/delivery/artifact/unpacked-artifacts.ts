import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { unpackLayer } from './unpack-layer.ts'

/** Folders of unpacked artifacts, by digest: each made once, whole, however many ask for it at once and whenever a crash comes. */
export class UnpackedArtifacts {
  readonly #root: string
  readonly #staging: string
  readonly #underWay = new Map<string, Promise<string>>()

  /** `staging` is on the same file system as `root`. */
  constructor(root: string, staging: string) {
    this.#root = path.resolve(root)
    this.#staging = path.resolve(staging)
  }

  /** The folder of `digest`; `open` is called when it must be made. */
  async folderOf(digest: string, open: () => Promise<Readable>): Promise<string> {
    const folder = path.join(this.#root, digest.replace(':', '-'))
    if (await isFolder(folder)) return folder
    const running = this.#underWay.get(digest)
    if (running) return await running
    const making = this.#make(digest, folder, open).finally(() => this.#underWay.delete(digest))
    this.#underWay.set(digest, making)
    return await making
  }

  async #make(digest: string, folder: string, open: () => Promise<Readable>): Promise<string> {
    const staged = path.join(this.#staging, `unpacked-${randomUUID()}`)
    await mkdir(this.#root, { recursive: true, mode: 0o755 })
    await mkdir(staged, { recursive: true, mode: 0o755 })
    try {
      await unpackLayer(digest, await open(), staged)
      // Another process may have been faster: its folder has the same files.
      await rename(staged, folder).catch(async (error: unknown) => {
        if (!(await isFolder(folder))) throw error
      })
      return folder
    } finally {
      await rm(staged, { recursive: true, force: true })
    }
  }
}

async function isFolder(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined))?.isDirectory() ?? false
}
