/** Keeps visits in memory: for tests, and for a start without a database. */
export function createMemoryStore() {
  let visits = 0
  return {
    async ready() {},
    async recordVisit() {
      visits += 1
      return { visits }
    },
    async close() {},
  }
}
