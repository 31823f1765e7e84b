import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { isSha } from './git-names.ts'

/**
 * The branches and tags of a bare repository, by full ref, read from its files: no process, so that all repositories can be looked at when the
 * platform starts. Loose files first and `packed-refs` after: packing writes the pack before it removes the loose ones, so no ref is missed.
 */
export async function readRefs(gitDir: string): Promise<Map<string, string>> {
  const loose = new Map<string, string>()
  for (const space of ['refs/heads', 'refs/tags']) await readLoose(gitDir, space, loose)
  const refs = await readPacked(gitDir)
  for (const [ref, sha] of loose) refs.set(ref, sha)
  return refs
}

/** One of them, by full ref. */
export async function readRef(gitDir: string, ref: string): Promise<string | undefined> {
  const loose = (await readFile(path.join(gitDir, ref), 'utf8').catch(absentAs(''))).trim()
  return isSha(loose) ? loose : (await readPacked(gitDir)).get(ref)
}

async function readPacked(gitDir: string): Promise<Map<string, string>> {
  const packed = await readFile(path.join(gitDir, 'packed-refs'), 'utf8').catch(absentAs(''))
  const refs = new Map<string, string>()
  for (const line of packed.split('\n')) {
    const match = /^([0-9a-f]{40}) (refs\/(?:heads|tags)\/.+)$/.exec(line)
    if (match?.[1] !== undefined && match[2] !== undefined) refs.set(match[2], match[1])
  }
  return refs
}

async function readLoose(gitDir: string, space: string, into: Map<string, string>): Promise<void> {
  const entries = await readdir(path.join(gitDir, space), { withFileTypes: true }).catch(absentAs([]))
  for (const entry of entries) {
    const ref = `${space}/${entry.name}`
    if (entry.isDirectory()) await readLoose(gitDir, ref, into)
    else if (entry.isFile() && !entry.name.endsWith('.lock')) {
      const sha = (await readFile(path.join(gitDir, ref), 'utf8').catch(absentAs(''))).trim()
      if (isSha(sha)) into.set(ref, sha)
    }
  }
}

function absentAs<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR' || error.code === 'EISDIR') return value
    throw error
  }
}
