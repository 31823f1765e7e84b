import fc from 'fast-check'
import { expect, it } from 'vitest'
import { assertRoute, chooseBackend, type Backend } from './ingress-route.ts'

const route = (host: string, weights: number[]) => ({
  host,
  component: 'orders',
  environment: 'dev',
  backends: weights.map((weight, index) => ({ release: `rel_${index}`, weight })),
})

it.each([
  { why: 'upper case', bad: route('Orders.localhost', [100]) },
  { why: 'a port', bad: route('orders.localhost:8080', [100]) },
  { why: 'weights under 100', bad: route('orders.localhost', [50, 40]) },
  { why: 'a fraction', bad: route('orders.localhost', [99.5, 0.5]) },
  { why: 'a negative weight', bad: route('orders.localhost', [110, -10]) },
  {
    why: 'a release twice',
    bad: {
      ...route('orders.localhost', []),
      backends: [
        { release: 'a', weight: 50 },
        { release: 'a', weight: 50 },
      ],
    },
  },
])('refuses $why', ({ bad }) => {
  expect(() => assertRoute(bad)).toThrowError(expect.objectContaining({ code: 'runtime.ingress.bad_route' }))
})

it('gives each ready release its share, and the share of others to them', () => {
  const backends: Backend[] = [
    { release: 'old', weight: 90 },
    { release: 'new', weight: 10 },
    { release: 'none', weight: 0 },
  ]
  const count = (isReady: (release: string) => boolean): Record<string, number> => {
    const seen: Record<string, number> = {}
    for (let step = 0; step < 1_000; step++) {
      const chosen = chooseBackend(backends, isReady, step / 1_000)?.release ?? 'nothing'
      seen[chosen] = (seen[chosen] ?? 0) + 1
    }
    return seen
  }
  expect(count(() => true)).toEqual({ old: 900, new: 100 })
  expect(count((release) => release !== 'old')).toEqual({ new: 1_000 })
  expect(count((release) => release === 'none')).toEqual({ nothing: 1_000 })
})

it('never chooses what has no weight or is not ready', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ release: fc.uuid(), weight: fc.integer({ min: 0, max: 100 }), ready: fc.boolean() })),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (all, random) => {
        const chosen = chooseBackend(all, (release) => all.some((backend) => backend.release === release && backend.ready), random)
        const eligible = all.filter((backend) => backend.ready && backend.weight > 0)
        expect(chosen === undefined ? eligible.length === 0 : eligible.some((backend) => backend.release === chosen.release)).toBe(true)
      },
    ),
  )
})
