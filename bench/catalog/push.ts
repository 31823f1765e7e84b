import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { entityCount, askJson } from './api.ts'
import { writeCatalog } from './catalog-files.ts'
import type { LoadTarget } from './closed-loop.ts'
import type { MeasuredServer } from './measured-server.ts'
import { editedText, fileOf, type CatalogPlace, type Edit, type Ingest } from './place.ts'
import { entityCountOf, nameOf, type CatalogSize } from './seeded-catalog.ts'

const run = promisify(execFile)

/** The repository that may declare every kind; all its YAML files are read. */
const REPOSITORY = 'fairway/organisation'
const POLL_MS = 20

/** A clone of the organisation's repository, by plain git. */
export class CatalogClone implements CatalogPlace {
  readonly kind = 'push'
  readonly #folder: string
  readonly #target: LoadTarget

  private constructor(folder: string, target: LoadTarget) {
    this.#folder = folder
    this.#target = target
  }

  /** @param target with a token that may write to the repository. */
  static async open(target: LoadTarget): Promise<CatalogClone> {
    const clone = new CatalogClone(await mkdtemp(path.join(tmpdir(), 'fairway-bench-clone-')), target)
    await clone.#git('clone', '-q', `${target.url.replace('://', `://git:${target.token}@`)}/git/${REPOSITORY}.git`, '.')
    return clone
  }

  async ingest(size: CatalogSize, server: MeasuredServer): Promise<Ingest> {
    const before = await entityCount(this.#target)
    await writeCatalog(path.join(this.#folder, 'bench'), size)
    const entities = entityCountOf(size)
    await this.#commit('Add a catalog')
    const cpu = server.cpu()
    const startedAt = performance.now()
    await this.#git('push', '-q', 'origin', 'HEAD')
    const saidSeconds = (performance.now() - startedAt) / 1000
    while ((await entityCount(this.#target)) < before + entities) await sleep(POLL_MS * 5)
    const seconds = (performance.now() - startedAt) / 1000
    const after = server.cpu()
    return { seconds, saidSeconds, entities, nodeMs: after.nodeMs - cpu.nodeMs, postgresMs: after.postgresMs - cpu.postgresMs }
  }

  async edit(size: CatalogSize, index: number): Promise<Edit> {
    const name = nameOf('Component', index, size.seed ?? 1)
    const title = `edited at ${Date.now()}`
    const file = path.join(this.#folder, 'bench', fileOf(size, index))
    const text = await readFile(file, 'utf8')
    await writeFile(file, editedText(text, name, title))
    await this.#commit('Edit one')
    const startedAt = performance.now()
    await this.#git('push', '-q', 'origin', 'HEAD')
    const saidMs = performance.now() - startedAt
    const route = `/api/catalog/entities/by-name/component/default/${name}`
    while ((await askJson<{ metadata: { title: string } }>(this.#target, route)).metadata.title !== title) await sleep(POLL_MS)
    return { visibleMs: performance.now() - startedAt, saidMs }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #commit(message: string): Promise<void> {
    await this.#git('add', '-A')
    await this.#git('commit', '-q', '-m', message)
  }

  async #git(...args: string[]): Promise<void> {
    await run('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com', ...args], { cwd: this.#folder, maxBuffer: 2 ** 26 })
  }
}
