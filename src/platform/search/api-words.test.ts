import { expect, it } from 'vitest'
import { apiWords } from './api-words.ts'

it.each([
  [
    'openapi: 3.1.0\ninfo:\n  title: Orders API\npaths:\n  /orders/{id}:\n    get:\n      operationId: getOrder\n      summary: One order\n',
    ['/orders/{id}', 'Orders API', 'getOrder', 'One order'],
  ],
  ['{"info":{"title":"Orders"},\n"/orders":{"get":{"operationId":"listOrders"}}}', ['/orders', 'Orders', 'listOrders']],
  ['type Query {\n  orders: [Order]\n}\ntype Order { id: ID }', ['Query', 'Order']],
  ['service Orders {\n  rpc Place (Order) returns (Receipt);\n}', ['Orders', 'Place']],
])('%j is found by %j', (definition, words) => {
  for (const word of words) expect(apiWords(definition)).toContain(word)
})

it('is bounded for a hostile definition', () => {
  const lines = Array.from({ length: 200_000 }, (_, at) => `/path/${at}:`).join('\n')
  expect(apiWords(lines).length).toBeLessThanOrEqual(8_000)
})

it.each(['', 'nothing of any kind'])('%j is found by nothing', (definition) => {
  expect(apiWords(definition)).toBe('')
})
