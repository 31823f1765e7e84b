import { lstat, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Measurement } from './measure.ts'

interface InstalledPackage {
  dev?: boolean
  devOptional?: boolean
}

/** Size of node_modules as it lies there, and how many packages; those that running the platform needs apart. */
export async function measureInstall(): Promise<Measurement[]> {
  const lock = JSON.parse(await readFile(path.join('node_modules', '.package-lock.json'), 'utf8')) as { packages: Record<string, InstalledPackage> }
  const nested = Object.keys(lock.packages)
  let total = 0
  let production = 0
  let productionCount = 0
  for (const [folder, { dev, devOptional }] of Object.entries(lock.packages)) {
    const inside = nested.filter((other) => other.startsWith(`${folder}/node_modules/`))
    const size = await sizeOf(folder, new Set(inside))
    total += size
    if (dev === true || devOptional === true) continue
    production += size
    productionCount += 1
  }
  const how = 'blocks on disk of what node_modules/.package-lock.json lists'
  return [
    { name: 'install size', value: total / 2 ** 20, unit: 'MiB', how },
    { name: 'install size to run', value: production / 2 ** 20, unit: 'MiB', how: `${how} without development packages` },
    { name: 'packages', value: nested.length, unit: 'packages', how: 'installed for this platform' },
    { name: 'packages to run', value: productionCount, unit: 'packages', how: 'installed for this platform without development packages' },
  ]
}

async function sizeOf(folder: string, except: ReadonlySet<string>): Promise<number> {
  let size = 0
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const child = `${folder}/${entry.name}`
    if (except.has(child)) continue
    size += entry.isDirectory() ? await sizeOf(child, except) : (await lstat(child)).blocks * 512
  }
  return size
}
