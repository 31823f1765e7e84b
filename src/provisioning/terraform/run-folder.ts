import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { JsonObject } from '#kernel/common/json'
import { terraformFaults } from './terraform-faults.ts'

/** A module laid out for one run; gone when disposed. */
export interface RunFolder extends AsyncDisposable {
  folder: string
  /** Of the module as it came: what was planned is what is applied. */
  moduleHash: string
}

/** Lays a module out below `root`, with the backend that keeps its state here and its variables as a file. @throws `provisioning.terraform.bad_module`. */
export async function layOut(options: {
  root: string
  module: string
  copyModule: (module: string, folder: string) => Promise<void>
  variables: JsonObject
}): Promise<RunFolder> {
  const folder = path.join(options.root, 'runs', randomUUID())
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const dispose = async (): Promise<void> => await rm(folder, { recursive: true, force: true })
  try {
    await options.copyModule(options.module, folder)
    const moduleHash = await hashModule(options.module, folder)
    // An override file wins over whatever backend the module names. Source: OpenTofu, "Override Files".
    await writeFile(path.join(folder, 'fairway_override.tf.json'), JSON.stringify({ terraform: { backend: { http: {} } } }), { mode: 0o600 })
    await writeFile(path.join(folder, 'fairway.auto.tfvars.json'), JSON.stringify(options.variables), { mode: 0o600 })
    return { folder, moduleHash, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

async function hashModule(module: string, folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory())
  if (odd) throw terraformFaults.bad_module({ module, what: `"${odd.name}" is neither a file nor a folder` })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
  if (!files.some((file) => path.dirname(file) === folder && /\.(tf|tofu)(\.json)?$/.test(file)))
    throw terraformFaults.bad_module({ module, what: 'it has no .tf file' })
  const hash = createHash('sha256')
  for (const file of files)
    hash.update(`${path.relative(folder, file)}\0`).update(
      createHash('sha256')
        .update(await readFile(file))
        .digest(),
    )
  return hash.digest('hex')
}
