import { describe, expect, test } from 'vitest'
import { formPages, isWalked, pageFaults, secretNames, sentValues, startValues, type Values } from './form-model.ts'

const pages = formPages([
  {
    title: 'Service',
    required: ['name', 'owner', 'isReady'],
    properties: {
      name: { title: 'Name', type: 'string', pattern: '^[a-z][a-z0-9-]*$', maxLength: 20 },
      owner: { type: 'string', 'ui:field': 'OwnerPicker' },
      replicas: { type: 'integer', minimum: 1, maximum: 5, default: 2 },
      isReady: { type: 'boolean' },
      size: { type: 'string', enum: ['small', 'large'], default: 'small' },
      ports: { type: 'array', items: { type: 'object', required: ['port'], properties: { port: { title: 'Port', type: 'integer' } } } },
      token: { type: 'string', 'ui:field': 'Secret' },
    },
    dependencies: {
      size: {
        oneOf: [
          { properties: { size: { const: 'small' } } },
          { required: ['region'], properties: { size: { const: 'large' }, region: { title: 'Region', type: 'string', default: 'north' } } },
        ],
      },
    },
  },
])
const faultsOf = (values: Values): string[] => pageFaults(pages, values).flatMap((each) => each.map(({ path, message }) => `${path.join('.')}: ${message}`))
const good: Values = { name: 'orders', owner: 'group:default/a', isReady: true, size: 'small' }

describe('form of a template', () => {
  test('defaults stand under the draft; the only group of the reader is the owner', () => {
    expect(startValues(pages, { name: 'orders' }, 'group:default/payments')).toMatchObject({
      name: 'orders',
      owner: 'group:default/payments',
      replicas: 2,
      isReady: false,
      size: 'small',
    })
  })

  test.each<[Values, string[]]>([
    [{}, []],
    [{ name: '', owner: undefined }, ['name: Lower-case letters, digits and dashes, starting with a letter', 'owner: This is needed']],
    [{ name: undefined }, ['name: This is needed']],
    [{ name: 'Orders' }, ['name: Lower-case letters, digits and dashes, starting with a letter']],
    [{ name: 'a'.repeat(21) }, ['name: At most 20 characters']],
    [{ replicas: 0 }, ['replicas: At least 1']],
    [{ replicas: 9 }, ['replicas: At most 5']],
    [{ replicas: 1.5 }, ['replicas: Only whole numbers']],
    [{ replicas: 'x' }, ['replicas: Only whole numbers']],
    [{ size: 'large' }, ['region: This is needed']],
    [{ size: 'large', region: 'north' }, []],
    [{ ports: [{ port: 80 }, {}] }, ['ports.1.port: This is needed']],
    [{ ports: [{ port: 'x' }] }, ['ports.0.port: Only whole numbers']],
  ])('%j: %j', (over, faults) => {
    expect(faultsOf({ ...good, ...over })).toEqual(faults)
  })

  test('the author of a template words a pattern best', () => {
    const worded = formPages([{ properties: { a: { type: 'string', pattern: '^x$', errorMessage: { pattern: 'Write an x' } } } }])
    expect(pageFaults(worded, { a: 'y' })[0]?.[0]).toEqual({ path: ['a'], title: 'a', message: 'Write an x' })
  })

  test('what belongs to a branch that does not hold is not sent, and not lost', () => {
    expect(sentValues(pages, { ...good, region: 'north' })).toEqual(good)
    expect(sentValues(pages, { ...good, size: 'large', region: 'north' })).toEqual({ ...good, size: 'large', region: 'north' })
  })

  test('if, then and else of a page are followed', () => {
    const conditional = formPages([
      {
        properties: { kind: { type: 'string' } },
        if: { required: ['kind'], properties: { kind: { const: 'db' } } },
        // oxlint-disable-next-line unicorn/no-thenable -- a word of JSON Schema
        then: { required: ['engine'], properties: { engine: { type: 'string' } } },
        else: { properties: { note: { type: 'string' } } },
      },
    ])
    expect(pageFaults(conditional, { kind: 'db' })[0]?.map((fault) => fault.path)).toEqual([['engine']])
    expect(pageFaults(conditional, { kind: 'web' })[0]).toEqual([])
    expect(sentValues(conditional, { kind: 'web', engine: 'pg', note: 'n' })).toEqual({ kind: 'web', note: 'n' })
  })

  test('secrets are named, so that no draft holds them', () => {
    expect([...secretNames(pages)]).toEqual(['token'])
  })

  test('only long forms are walked page by page; empty pages are left out', () => {
    const page = (count: number) => ({
      title: `${count}`,
      properties: Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${count}${at}`, { type: 'string' }])),
    })
    expect(formPages([page(2), { title: 'Nothing' }])).toHaveLength(1)
    expect([isWalked(formPages([page(2), page(3)])), isWalked(formPages([page(9), page(8)])), isWalked(formPages([page(30)]))]).toEqual([false, true, false])
  })
})
