import { glob, readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { CliError, EXIT } from './exit.ts'

/** A file to be checked. `isGiven`: the person named it, so that it must be a descriptor; otherwise it was found in a folder. */
export interface DescriptorFile {
  path: string
  isGiven: boolean
}

const SKIPPED = new Set(['node_modules', '.git'])

/** The files that paths, folders (all `*.yaml` and `*.yml` below them) and globs mean, each once, in order. @throws CliError for what is not there. */
export async function findDescriptors(arguments_: readonly string[]): Promise<DescriptorFile[]> {
  const files = new Map<string, DescriptorFile>()
  for (const argument of arguments_) {
    const found = await stat(argument).catch(() => undefined)
    if (found?.isFile() === true) files.set(argument, { path: argument, isGiven: true })
    else if (found?.isDirectory() === true) for (const file of await filesBelow(argument)) files.set(file, files.get(file) ?? { path: file, isGiven: false })
    else {
      const matches: string[] = []
      if (/[*?{[]/.test(argument)) for await (const file of glob(argument)) if (!file.split(path.sep).some((part) => SKIPPED.has(part))) matches.push(file)
      if (matches.length === 0) throw new CliError(`"${argument}" is no file, no folder, and matches nothing`, EXIT.usage)
      for (const file of matches.sort()) files.set(file, files.get(file) ?? { path: file, isGiven: true })
    }
  }
  return [...files.values()]
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const files: string[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) files.push(...(await filesBelow(full)))
    else if (entry.isFile() && /\.ya?ml$/.test(entry.name)) files.push(full)
  }
  return files
}
