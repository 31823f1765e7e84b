/** What the contract can't say in schemas: a function for each `operationId`. */
export function createOperations({ store }) {
  const found = (order) => (order ? { status: 200, body: order } : { status: 404, body: { title: 'No such order', status: 404 } })
  return {
    async createOrder({ body }) {
      const order = await store.add(body)
      return { status: 201, headers: { location: `/orders/${order.id}` }, body: order }
    },
    async listOrders({ query }) {
      return { status: 200, body: { items: await store.list({ state: query.state, limit: query.limit }) } }
    },
    async getOrder({ path }) {
      return found(await store.find(path.id))
    },
    async cancelOrder({ path }) {
      return found(await store.cancel(path.id))
    },
  }
}
