import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { askJson, entityCount } from './api.ts'
import { writeCatalog } from './catalog-files.ts'
import type { LoadTarget } from './closed-loop.ts'
import type { MeasuredServer } from './measured-server.ts'
import { editedText, fileOf, type CatalogPlace, type Edit, type Ingest } from './place.ts'
import { entityCountOf, nameOf, type CatalogSize } from './seeded-catalog.ts'

const POLL_MS = 10

/** A catalog in a folder of the machine, which a location names: as Backstage was measured, one refresh for each edit. */
export class CatalogFolder implements CatalogPlace {
  readonly kind = 'location'
  readonly #folder: string
  readonly #target: LoadTarget
  #id = ''

  /** @param folder one that the platform may read (`FAIRWAY_CATALOG_FOLDERS`). */
  constructor(folder: string, target: LoadTarget) {
    this.#folder = folder
    this.#target = target
  }

  async ingest(size: CatalogSize, server: MeasuredServer): Promise<Ingest> {
    const before = await entityCount(this.#target)
    await writeCatalog(this.#folder, size)
    const entities = entityCountOf(size)
    const cpu = server.cpu()
    const startedAt = performance.now()
    const { id } = await askJson<{ id: string }>(this.#target, '/api/v1/locations', { target: this.#folder, allow: ['User', 'Group'] })
    this.#id = id
    const saidSeconds = (performance.now() - startedAt) / 1000
    while ((await entityCount(this.#target)) < before + entities) await sleep(POLL_MS * 5)
    const seconds = (performance.now() - startedAt) / 1000
    const after = server.cpu()
    return { seconds, saidSeconds, entities, nodeMs: after.nodeMs - cpu.nodeMs, postgresMs: after.postgresMs - cpu.postgresMs }
  }

  async edit(size: CatalogSize, index: number): Promise<Edit> {
    const name = nameOf('Component', index, size.seed ?? 1)
    const title = `edited at ${Date.now()}`
    const file = path.join(this.#folder, fileOf(size, index))
    await writeFile(file, editedText(await readFile(file, 'utf8'), name, title))
    const startedAt = performance.now()
    await askJson(this.#target, `/api/v1/locations/${this.#id}/refresh`, {})
    const saidMs = performance.now() - startedAt
    const route = `/api/catalog/entities/by-name/component/default/${name}`
    while ((await askJson<{ metadata: { title: string } }>(this.#target, route)).metadata.title !== title) await sleep(POLL_MS)
    return { visibleMs: performance.now() - startedAt, saidMs }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
