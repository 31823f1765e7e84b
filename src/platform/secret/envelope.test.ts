import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openEnvelope, rewrapEnvelope, sealEnvelope, type MasterKey } from './envelope.ts'
import { Keyring } from './keyring.ts'

const key = (id: string): MasterKey => ({ id: id.repeat(16), bytes: randomBytes(32) })
const one = key('a')
const two = key('b')
const newFile = async (): Promise<string> => path.join(await mkdtemp(path.join(tmpdir(), 'key-')), 'master.key')

describe('an envelope', () => {
  it('gives back what was sealed, also after a rewrap, for its own context alone', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), fc.string(), (value, context, other) => {
        fc.pre(context !== other)
        const sealed = sealEnvelope(one, value, context)
        const moved = rewrapEnvelope(one, two, sealed, context)
        expect(Buffer.compare(openEnvelope(one, sealed, context), value)).toBe(0)
        expect(Buffer.compare(openEnvelope(two, moved, context), value)).toBe(0)
        for (const open of [() => openEnvelope(one, sealed, other), () => openEnvelope(two, sealed, context), () => openEnvelope(one, moved, context)])
          expect(open).toThrow(expect.objectContaining({ code: 'platform.secret.damaged' }))
      }),
    )
  })

  it('does not open when one bit of key or value was turned', () => {
    const sealed = sealEnvelope(one, Buffer.from('hunter2'), 'x')
    fc.assert(
      fc.property(fc.integer({ min: 9, max: sealed.length - 1 }), fc.integer({ min: 0, max: 7 }), (at, bit) => {
        const turned = Buffer.from(sealed)
        turned[at] = (turned[at] ?? 0) ^ (1 << bit)
        expect(() => openEnvelope(one, turned, 'x')).toThrow(expect.objectContaining({ code: 'platform.secret.damaged' }))
      }),
    )
  })

  it('never looks the same twice', () => {
    expect(sealEnvelope(one, Buffer.from('same'), 'x')).not.toEqual(sealEnvelope(one, Buffer.from('same'), 'x'))
  })
})

describe('the keyring', () => {
  it('makes its file once, closed to others, also when two processes come at the same time', async () => {
    const file = await newFile()
    const rings = await Promise.all(Array.from({ length: 8 }, () => Keyring.open(file)))
    expect(new Set(rings.map((ring) => ring.currentId)).size).toBe(1)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('opens after a rotation what was sealed before, and after a restart too', async () => {
    const file = await newFile()
    const ring = await Keyring.open(file)
    const old = ring.seal(Buffer.from('old'), 'x')
    const firstId = ring.currentId
    expect(await ring.rotate()).not.toBe(firstId)
    const again = await Keyring.open(file)
    expect(again.currentId).toBe(ring.currentId)
    expect(Buffer.from(again.open(old, 'x')).toString()).toBe('old')
    expect(Buffer.from(again.open(again.rewrap(old, 'x'), 'x')).toString()).toBe('old')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('knows the key that another process has put in use', async () => {
    const file = await newFile()
    const [one, other] = [await Keyring.open(file), await Keyring.open(file)]
    await one.rotate()
    expect(Buffer.from(other.open(one.seal(Buffer.from('new'), 'x'), 'x')).toString()).toBe('new')
    expect(other.currentId).toBe(one.currentId)
  })

  it('says which key is missing, and refuses a file that holds none', async () => {
    const sealed = (await Keyring.open(await newFile())).seal(Buffer.from('x'), 'x')
    const other = await Keyring.open(await newFile())
    expect(() => other.open(sealed, 'x')).toThrow(expect.objectContaining({ code: 'platform.secret.unknown_key' }))
    const file = await newFile()
    await writeFile(file, 'nonsense\n')
    await expect(Keyring.open(file)).rejects.toMatchObject({ code: 'platform.secret.bad_key_file' })
    expect(await readFile(file, 'utf8')).toBe('nonsense\n')
  })
})
