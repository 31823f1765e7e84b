import { constants } from 'node:fs'
import { cp, mkdir, opendir, rename, rm, stat, symlink } from 'node:fs/promises'
import path from 'node:path'

/** Artifacts up to this size get a copy for each replica; a larger one is shared. */
const COPY_LIMIT_BYTES = 64 * 1024 * 1024
const COPY_LIMIT_FILES = 5_000

/**
 * The folder that a replica runs in: a copy of the artifact (by reflink where the file system can), so that what it writes beside its code
 * never reaches the content-addressed artifact or another replica. An artifact over 64 MB or 5 000 files is used where it lies, read-only by
 * convention, because copying it would take longer than starting it, unless volumes must be put in. Never links to single files: a write through a link would
 * change the artifact. The copy is whole or absent, also after a crash, and is kept until the replica is gone.
 */
export async function prepareWorkingFolder(options: {
  artifact: string
  target: string
  volumes: readonly { mountPath: string; folder: string }[]
}): Promise<string> {
  if (await exists(options.target)) return options.target
  if (options.volumes.length === 0 && (await isLarge(options.artifact))) return options.artifact
  const staged = `${options.target}.staged`
  await rm(staged, { recursive: true, force: true })
  await mkdir(path.dirname(staged), { recursive: true })
  await cp(options.artifact, staged, { recursive: true, mode: constants.COPYFILE_FICLONE, verbatimSymlinks: true })
  for (const volume of options.volumes) await mountVolume(staged, volume)
  await rename(staged, options.target)
  return options.target
}

/** A process has no mounts of its own: `/data` becomes `data` in its working folder, leading to the volume. */
async function mountVolume(root: string, volume: { mountPath: string; folder: string }): Promise<void> {
  const place = path.join(root, path.posix.normalize(`/${volume.mountPath}`))
  await mkdir(volume.folder, { recursive: true })
  await mkdir(path.dirname(place), { recursive: true })
  await rm(place, { recursive: true, force: true })
  await symlink(volume.folder, place, 'dir')
}

async function isLarge(root: string): Promise<boolean> {
  let sizeBytes = 0
  let count = 0
  for await (const entry of await opendir(root, { recursive: true })) {
    if (!entry.isFile()) continue
    sizeBytes += (await stat(path.join(entry.parentPath, entry.name))).size
    if (++count > COPY_LIMIT_FILES || sizeBytes > COPY_LIMIT_BYTES) return true
  }
  return false
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  )
}
