import type { Clock } from '#kernel/common/clock'
import { newId } from '#kernel/common/id'
import type { Database, Transaction } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import { viewFaults } from './view-faults.ts'
import { countOwnViews, deleteView, findView, insertView, isNameTaken, listViews, updateView } from './view-store.ts'
import { isVisibleTo, MAX_VIEWS, type View, type ViewContent, type ViewPage } from './view.ts'

export interface ViewServiceDeps {
  db: Database
  journal: Journal
  clock: Clock
}

/** Keeps people's views. Who may alter one is asked before, by the route's permission. */
export class ViewService {
  readonly #deps: ViewServiceDeps

  constructor(deps: ViewServiceDeps) {
    this.#deps = deps
  }

  /** Those of `principal` first, then what others share. */
  async list(page: ViewPage, principal: string): Promise<View[]> {
    return await listViews(this.#deps.db, { page, principal })
  }

  /** @throws `platform.view.not_found`, also for what others keep to themselves. */
  async get(id: string, principal: string): Promise<View> {
    const found = await findView(this.#deps.db, id)
    if (!found || !isVisibleTo(found, principal)) throw viewFaults.not_found({ id })
    return found
  }

  /** @throws `platform.view.name_taken`, `.too_many`. */
  async create(input: ViewContent & { page: ViewPage }, principal: string): Promise<View> {
    const { db, clock } = this.#deps
    return await db.transaction().execute(async (tx) => {
      if ((await countOwnViews(tx, { page: input.page, owner: principal })) >= MAX_VIEWS) throw viewFaults.too_many({ limit: MAX_VIEWS })
      const at = clock.now()
      const made = await insertView(tx, { ...input, id: newId('viw'), owner: principal, createdAt: at, updatedAt: at })
      if (!made) throw viewFaults.name_taken({ name: input.name })
      await this.#tell(tx, 'created', made, principal)
      return made
    })
  }

  /** Puts new content in the place of the old. @throws `platform.view.not_found`, `.name_taken`. */
  async update(id: string, content: ViewContent, principal: string): Promise<View> {
    const { db, clock } = this.#deps
    return await db.transaction().execute(async (tx) => {
      const known = await findView(tx, id)
      if (known) await countOwnViews(tx, known)
      if (await isNameTaken(tx, { id, name: content.name })) throw viewFaults.name_taken({ name: content.name })
      const altered = await updateView(tx, id, content, clock.now())
      if (!altered) throw viewFaults.not_found({ id })
      await this.#tell(tx, 'altered', altered, principal)
      return altered
    })
  }

  /** @throws `platform.view.not_found`. */
  async remove(id: string, principal: string): Promise<void> {
    await this.#deps.db.transaction().execute(async (tx) => {
      const known = await findView(tx, id)
      if (!known || !(await deleteView(tx, id))) throw viewFaults.not_found({ id })
      await this.#tell(tx, 'deleted', known, principal)
    })
  }

  /** The log says that there is a view; a private one's name stays with its owner. */
  async #tell(tx: Transaction, what: 'created' | 'altered' | 'deleted', view: View, actor: string): Promise<void> {
    const data = { page: view.page, isShared: view.isShared, ...(view.isShared ? { name: view.name } : {}) }
    await this.#deps.journal.append(tx, { type: `platform.view.${what}`, subject: `view/${view.id}`, actor, data })
  }
}
