import { sql } from 'kysely'
import type { Database } from '#kernel/node/database'
import type { Journal } from '#kernel/node/journal'
import { assertRoute, ingressFaults, type Backend, type IngressRoute } from './ingress-route.ts'

type Tables = { ingress_route: { host: string; component: string; environment: string; backends: unknown; updated_at: Date } }

/**
 * The routes: kept in Postgres, answered from memory. A change is durable first and then takes effect for all its hosts in one step, so that no
 * request sees half of it; after a crash in between, the next start reads what was made durable.
 */
export class RouteTable {
  readonly #db: Database
  readonly #journal: Journal
  #routes: ReadonlyMap<string, IngressRoute> = new Map()

  private constructor(db: Database, journal: Journal) {
    this.#db = db
    this.#journal = journal
  }

  /** Reads the routes. */
  static async load(db: Database, journal: Journal): Promise<RouteTable> {
    const table = new RouteTable(db, journal)
    const rows = await db.withTables<Tables>().selectFrom('ingress_route').selectAll().execute()
    table.#routes = new Map(
      rows.map((row) => [row.host, { host: row.host, component: row.component, environment: row.environment, backends: row.backends as Backend[] }]),
    )
    return table
  }

  /** The route of a host, or undefined. */
  getRoute(host: string): IngressRoute | undefined {
    return this.#routes.get(host)
  }

  /** By host. */
  listRoutes(filter: { component?: string | undefined; environment?: string | undefined } = {}): IngressRoute[] {
    return [...this.#routes.values()]
      .filter((route) => (filter.component ?? route.component) === route.component && (filter.environment ?? route.environment) === route.environment)
      .sort((a, b) => (a.host < b.host ? -1 : 1))
  }

  /** @throws `runtime.ingress.bad_route`, `runtime.ingress.host_taken`. */
  async setRoute(route: IngressRoute): Promise<void> {
    await this.setRoutes([route])
  }

  /**
   * Sets the routes of several hosts, all or none. The same routes again are a success and write nothing.
   * @throws `runtime.ingress.bad_route`, `runtime.ingress.host_taken` for a host of another component or environment; then nothing changed.
   */
  async setRoutes(routes: readonly IngressRoute[]): Promise<void> {
    for (const route of routes) assertRoute(route)
    const changed = routes.filter((route) => JSON.stringify(normalized(this.#routes.get(route.host))) !== JSON.stringify(normalized(route)))
    if (changed.length === 0) return
    await this.#db.transaction().execute(async (tx) => {
      const tables = tx.withTables<Tables>()
      for (const route of changed) {
        const values = { backends: JSON.stringify(route.backends), updated_at: sql<Date>`now()` }
        const { host, component, environment } = route
        const written = await tables
          .insertInto('ingress_route')
          .values({ host, component, environment, ...values })
          .onConflict((conflict) =>
            conflict.column('host').doUpdateSet(values).where('ingress_route.component', '=', component).where('ingress_route.environment', '=', environment),
          )
          .returning('host')
          .executeTakeFirst()
        const owner = this.#routes.get(host)
        if (!written) throw ingressFaults.host_taken({ host, owner: owner ? `${owner.component} in ${owner.environment}` : 'another service' })
        const backends = route.backends.map(({ release, weight }) => ({ release, weight }))
        await this.#journal.append(tx, {
          type: 'runtime.route.set',
          subject: `route/${host}`,
          actor: 'system:fairway',
          data: { component, environment, backends },
        })
      }
    })
    this.#routes = new Map([...this.#routes, ...changed.map((route) => [route.host, structuredClone(route)] as const)])
  }

  /** Removes hosts, all or none. Of an unknown host it is a success. */
  async removeRoutes(hosts: readonly string[]): Promise<void> {
    const known = hosts.filter((host) => this.#routes.has(host))
    if (known.length === 0) return
    await this.#db.transaction().execute(async (tx) => {
      await tx.withTables<Tables>().deleteFrom('ingress_route').where('host', 'in', known).execute()
      await this.#journal.append(tx, ...known.map((host) => ({ type: 'runtime.route.removed', subject: `route/${host}`, actor: 'system:fairway', data: {} })))
    })
    this.#routes = new Map([...this.#routes].filter(([host]) => !known.includes(host)))
  }

  /** Removes one host. Of an unknown one it is a success. */
  async removeRoute(host: string): Promise<void> {
    await this.removeRoutes([host])
  }
}

function normalized(route: IngressRoute | undefined): unknown {
  return route && [route.component, route.environment, route.backends.map((backend) => `${backend.release} ${backend.weight}`).toSorted()]
}
