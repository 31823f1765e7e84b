import { randomBytes } from 'node:crypto'

/** So many orders are kept; the oldest goes first. */
const LIMIT = 10_000

/** Keeps orders in memory. Put a database in its place when they must outlive the process: these five functions are all that the service asks for. */
export function createOrderStore({ now = () => new Date(), limit = LIMIT } = {}) {
  const orders = new Map()
  return {
    async ready() {},
    async add({ customer, lines }) {
      const order = { id: `ord_${randomBytes(8).toString('hex')}`, customer, lines, state: 'open', createdAt: now().toISOString() }
      orders.set(order.id, order)
      if (orders.size > limit) orders.delete(orders.keys().next().value)
      return order
    },
    async find(id) {
      return orders.get(id)
    },
    async list({ state, limit: count }) {
      return [...orders.values()].reverse().filter((order) => state === undefined || order.state === state).slice(0, count)
    },
    async cancel(id) {
      const order = orders.get(id)
      if (!order) return undefined
      const cancelled = { ...order, state: 'cancelled' }
      orders.set(id, cancelled)
      return cancelled
    },
  }
}
