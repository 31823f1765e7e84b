import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitPushCommands } from './push-commands.ts'

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)]
const packet = (line: string): string => (Buffer.byteLength(line) + 4).toString(16).padStart(4, '0') + line
const whole = Buffer.from(
  `${packet(`shallow ${A}`)}${packet(`${A} ${B} refs/heads/main\0 report-status side-band-64k`)}${packet(`${B} ${A} refs/tags/v1\n`)}0000PACK\0\u0001rest`,
)
const updates = [
  { before: A, after: B, ref: 'refs/heads/main' },
  { before: B, after: A, ref: 'refs/tags/v1' },
]

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (let index = 0; from < bytes.length; index++) {
    const size = sizes[index % sizes.length] ?? 1
    yield bytes.subarray(from, from + size)
    from += size
  }
}

async function joined(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of body) parts.push(part)
  return Buffer.concat(parts)
}

describe('splitPushCommands', () => {
  it('reads the commands however the body is cut, and loses no byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), async (sizes) => {
        const split = await splitPushCommands(cut(whole, sizes))
        expect(split.updates).toEqual(updates)
        expect(await joined(split.body)).toEqual(whole)
      }),
    )
  })

  it.each([
    ['the probe before a large push', '0000'],
    ['an empty body', ''],
    ['a body that ends early', packet(`${A} ${B} refs/heads/x`)],
  ])('hands %s on', async (_what, text) => {
    const split = await splitPushCommands(cut(Buffer.from(text), [3]))
    expect(split.updates).toEqual([])
    expect((await joined(split.body)).toString()).toBe(text)
  })

  it.each(['zzzz', '0001', '0004', 'PACK'])('refuses %j', async (text) => {
    await expect(splitPushCommands(cut(Buffer.from(text), [9]))).rejects.toMatchObject({ code: 'delivery.git_host.bad_request' })
  })

  it('refuses commands without end', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.from(packet(`${A} ${B} refs/heads/${'x'.repeat(60_000)}`))
    }
    await expect(splitPushCommands(endless())).rejects.toMatchObject({ code: 'delivery.git_host.bad_request' })
  })
})
