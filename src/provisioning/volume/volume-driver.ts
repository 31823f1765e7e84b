import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { driverFaults, type ApplyContext, type Driver, type Observation, type Outcome, type PlannedAction, type PlanRequest } from '#kernel/common/driver'
import { readDesired, readTarget, type DesiredResource } from '#provisioning/resource'

interface Marker {
  target: string
  key: string
}

/**
 * Provides `volume`: a folder that outlives releases, `<root>/<id>` with its record in `<root>/<id>.json`.
 * Outputs: `source`, the volume's id, which is what a workload mounts. The developer's data is never touched by `apply`.
 */
export class VolumeDriver implements Driver {
  readonly name = 'volume'
  readonly #root: string

  /** @param root folder of all volumes, e.g. `<data>/volumes`; made when absent. */
  constructor(root: string) {
    this.#root = root
  }

  async plan(request: PlanRequest): Promise<PlannedAction> {
    const desired = readDesired(this.name, request.desired)
    const { exists, fingerprint } = await this.observe(request.target)
    return {
      id: request.id,
      driver: this.name,
      verb: exists ? 'none' : 'create',
      target: request.target,
      title: `${exists ? 'Keep' : 'Create'} volume "${volumeId(desired)}"`,
      concern: 'data',
      changes: exists ? [] : [{ path: 'source', after: volumeId(desired) }],
      dependsOn: request.dependsOn ?? [],
      basis: fingerprint,
      input: { ...desired, outputs: { source: volumeId(desired) } },
    }
  }

  async apply(action: PlannedAction, context: ApplyContext): Promise<Outcome> {
    if (action.verb === 'destroy') {
      await this.remove(action.target, context)
      return { outcome: 'done', message: `removed ${action.target}`, outputs: {} }
    }
    const desired = readDesired(this.name, action.input)
    const id = volumeId(desired)
    await this.#guarded(action.target, async () => {
      const { fingerprint } = await this.observe(action.target)
      const marker = await this.#readMarker(id)
      if (marker?.key !== context.key && action.basis !== undefined && fingerprint !== action.basis) throw driverFaults.stale({ target: action.target })
      if (action.verb === 'none') return
      await mkdir(this.#root, { recursive: true, mode: 0o700 })
      await this.#writeMarker(id, { target: action.target, key: context.key })
      await mkdir(path.join(this.#root, id), { recursive: true, mode: 0o700 })
    })
    return { outcome: 'done', message: `volume "${id}" is ready`, outputs: { source: id } }
  }

  async observe(target: string): Promise<Observation> {
    const id = volumeId(readTarget(this.name, target))
    const folder = await stat(path.join(this.#root, id)).catch(() => undefined)
    const exists = folder?.isDirectory() ?? false
    return { exists, fingerprint: exists ? `folder:${folder?.ino}` : 'absent', state: { source: id } }
  }

  async remove(target: string, _context: ApplyContext): Promise<void> {
    const id = volumeId(readTarget(this.name, target))
    await this.#guarded(target, async () => {
      // Away in one step, so that nobody sees half a volume; then emptied.
      const trash = path.join(this.#root, `.removed-${id}`)
      await rename(path.join(this.#root, id), trash).catch((error: { code?: string }) => {
        if (error.code !== 'ENOENT') throw error
      })
      await rm(trash, { recursive: true, force: true })
      await rm(this.#markerFile(id), { force: true })
    })
  }

  async #guarded(target: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const code = (error as { code?: string }).code ?? ''
      if (!/^E[A-Z]+$/.test(code)) throw error
      throw driverFaults.failed({ target, what: `the folder of volumes can't be used (${code})` }, { cause: error })
    }
  }

  #markerFile(id: string): string {
    return path.join(this.#root, `${id}.json`)
  }

  async #readMarker(id: string): Promise<Marker | undefined> {
    const text = await readFile(this.#markerFile(id), 'utf8').catch(() => undefined)
    return text === undefined ? undefined : (JSON.parse(text) as Marker)
  }

  async #writeMarker(id: string, marker: Marker): Promise<void> {
    const staged = `${this.#markerFile(id)}.new`
    const handle = await open(staged, 'w', 0o600)
    try {
      await handle.writeFile(JSON.stringify(marker))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(staged, this.#markerFile(id))
  }
}

/** `orders.dev.data`, with a hash where dots in names could make two alike. */
export function volumeId(resource: Pick<DesiredResource, 'component' | 'environment' | 'name'>): string {
  const parts = [resource.component, resource.environment, resource.name]
  const plain = parts.join('.')
  if (parts.every((part) => /^[a-z0-9-]+$/.test(part))) return plain
  return `${plain.slice(0, 180)}.${createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 8)}`
}
