import { parse } from 'yaml'
import { describe, expect, it } from 'vitest'
import { bundle } from './bundle-references.ts'
import { locationFaults } from './location-faults.ts'

const files: Record<string, string> = {
  'schemas.yaml': 'Order: {type: object, properties: {item: {$ref: "#/Item"}}}\nItem: {type: string}\n',
  'circle.yaml': 'A: {properties: {b: {$ref: "circle.yaml#/A"}}}\n',
  'back.yaml': 'X: {$ref: "openapi.yaml#/components/schemas/Own"}\n',
  'bad.yaml': 'a: [',
}
const run = async (text: string): Promise<unknown> => {
  const whole = await bundle(
    { place: 'openapi.yaml', text },
    {
      keyOf: (place) => place,
      read: async (_base, target) => {
        const found = target === 'openapi.yaml' ? text : files[target]
        if (found === undefined) throw locationFaults.unreadable({ target, what: 'there is no such file' })
        return { place: target, text: found }
      },
    },
  )
  return parse(whole)
}

describe('bundle', () => {
  it('puts in what lies in other files, with what that refers to', async () => {
    expect(await run('a: {$ref: "schemas.yaml#/Order"}\nb: {$ref: "#/a"}\n')).toEqual({
      a: { type: 'object', properties: { item: { type: 'string' } } },
      b: { $ref: '#/a' },
    })
  })

  it('leaves a document alone that refers to no file', async () => {
    const text = '# kept\na: {$ref: "#/b"}\nb: 1\n'
    expect(await bundle({ place: 'x', text }, { keyOf: String, read: async () => Promise.reject(new Error('read')) })).toBe(text)
  })

  it('points back into the document instead of copying it', async () => {
    expect(await run('x: {$ref: "back.yaml#/X"}\ncomponents: {schemas: {Own: {type: string}}}\n')).toMatchObject({ x: { $ref: '#/components/schemas/Own' } })
  })

  it('ends in a circle', async () => {
    expect(await run('x: {$ref: "circle.yaml#/A"}\n')).toEqual({ x: { properties: { b: { $comment: expect.stringContaining('circle') as unknown } } } })
  })

  it.each([
    ['x: {$ref: "none.yaml"}', 'platform.location.unreadable'],
    ['x: {$ref: "schemas.yaml#/Nope"}', 'platform.location.refused'],
    ['x: {$ref: "schemas.yaml#/__proto__"}', 'platform.location.refused'],
    ['x: {$ref: "bad.yaml"}', 'platform.location.refused'],
  ])('%s is %s', async (text, code) => {
    await expect(run(text)).rejects.toMatchObject({ code })
  })

  it('a doubling bomb is refused in time', async () => {
    const levels = Array.from({ length: 40 }, (_, index) => `L${index}: {a: {$ref: "#/L${index + 1}"}, b: {$ref: "#/L${index + 1}"}}`)
    files['bomb.yaml'] = `${levels.join('\n')}\nL40: 1\n`
    await expect(run('x: {$ref: "bomb.yaml#/L0"}')).rejects.toMatchObject({ code: 'platform.location.refused' })
  })
})
