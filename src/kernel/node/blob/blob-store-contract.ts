import { createHash } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { BlobStore } from './blob-store.ts'

const one = Buffer.from('one')
const two = Buffer.from('two')
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

async function* chunks(...parts: (Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Error) throw part
    yield part
  }
}

/** The promises of `BlobStore`, one test each. An adapter's own test calls this with a way to make an empty store. */
export function blobStoreContract(name: string, make: () => Promise<BlobStore>): void {
  describe(`BlobStore contract: ${name}`, () => {
    it('gives back the bytes that were put', async () => {
      const store = await make()
      await store.put('runs/run_1/log.txt', one)
      expect(Buffer.from(await store.get('runs/run_1/log.txt'))).toEqual(one)
      expect(await store.find('runs/run_1/log.txt')).toEqual({ sizeBytes: 3 })
    })

    it('accepts the same bytes again, whole or as a stream', async () => {
      const store = await make()
      await store.put('a', one)
      await store.put('a', one)
      expect(await store.putStream('a', chunks(Buffer.from('on'), Buffer.from('e')))).toEqual({ sizeBytes: 3, sha256: sha256(one) })
    })

    it('refuses other bytes under a key that is taken, and keeps the first', async () => {
      const store = await make()
      await store.put('a', one)
      await expect(store.put('a', two)).rejects.toMatchObject({ code: 'kernel.blob.conflict' })
      await expect(store.putStream('a', chunks(two))).rejects.toMatchObject({ code: 'kernel.blob.conflict' })
      expect(Buffer.from(await store.get('a'))).toEqual(one)
    })

    it('lets exactly one of many writers of one key win, whole', async () => {
      const store = await make()
      const writes = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => store.put('a', Buffer.alloc(10_000, index))))
      expect(writes.filter((write) => write.status === 'fulfilled')).toHaveLength(1)
      expect(new Set(await store.get('a')).size).toBe(1)
    })

    it('stores a long stream and reads it back as one', async () => {
      const store = await make()
      const parts = Array.from({ length: 64 }, (_, index) => Buffer.alloc(100_000, index))
      const whole = Buffer.concat(parts)
      const facts = await store.putStream('big', chunks(...parts), { sha256: sha256(whole), maxBytes: whole.length })
      expect(facts).toEqual({ sizeBytes: whole.length, sha256: sha256(whole) })
      const hash = createHash('sha256')
      const opened = await store.openRead('big')
      for await (const chunk of opened.stream) hash.update(chunk as Buffer)
      expect(opened.sizeBytes).toBe(whole.length)
      expect(hash.digest('hex')).toBe(facts.sha256)
    })

    it.each([
      ['another digest', chunks(one), { sha256: sha256(two) }, { code: 'kernel.blob.mismatch' }],
      ['too many bytes', chunks(one, two), { maxBytes: 5 }, { code: 'kernel.blob.too_large' }],
      ['a source that breaks off', chunks(one, new Error('broke off')), {}, { message: 'broke off' }],
    ])('stores nothing of a stream with %s', async (_why, source, expectation, failure) => {
      const store = await make()
      await expect(store.putStream('a', source, expectation)).rejects.toMatchObject(failure)
      expect(await store.find('a')).toBeUndefined()
      await store.put('a', two)
    })

    it.each([
      [{ first: 2, last: 4 }, '234'],
      [{ first: 7 }, '789'],
      [{ first: 0, last: 0 }, '0'],
      [{ first: 8, last: 100 }, '89'],
    ])('reads the range %j as %j', async (range, part) => {
      const store = await make()
      await store.put('digits', Buffer.from('0123456789'))
      const opened = await store.openRead('digits', range)
      expect(opened.sizeBytes).toBe(10)
      expect(await text(opened.stream)).toBe(part)
    })

    it.each([{ first: 10 }, { first: -1 }, { first: 5, last: 4 }, { first: 0.5 }])('refuses the range %j of ten bytes', async (range) => {
      const store = await make()
      await store.put('digits', Buffer.from('0123456789'))
      await expect(store.openRead('digits', range)).rejects.toMatchObject({ code: 'kernel.blob.bad_range' })
    })

    it('keeps an empty blob', async () => {
      const store = await make()
      await store.put('empty', new Uint8Array())
      expect((await store.get('empty')).byteLength).toBe(0)
      expect(await text((await store.openRead('empty')).stream)).toBe('')
    })

    it('says which blob is missing', async () => {
      const store = await make()
      await expect(store.get('nope')).rejects.toMatchObject({ code: 'kernel.blob.not_found', message: 'there is no blob "nope"' })
      await expect(store.openRead('nope')).rejects.toMatchObject({ code: 'kernel.blob.not_found' })
      expect(await store.find('nope')).toBeUndefined()
    })

    it('keeps a key one level from being the folder of another', async () => {
      const store = await make()
      await store.put('a', one)
      await store.put('a/b', two)
      expect(Buffer.from(await store.get('a/b'))).toEqual(two)
    })

    it.each(['', '/a', 'a//b', '../a', 'a/..', 'a/./b', 'a b', 'A', 'a\0', 'a'.repeat(201), 'a/'.repeat(256) + 'a'])('refuses the key %j', async (key) => {
      const store = await make()
      await expect(store.put(key, one)).rejects.toMatchObject({ code: 'kernel.blob.bad_key' })
      await expect(store.openRead(key)).rejects.toMatchObject({ code: 'kernel.blob.bad_key' })
    })

    it('removes, or says that it can not', async () => {
      const store = await make()
      await store.put('a', one)
      if (!store.capabilities.remove) {
        // oxlint-disable-next-line vitest/no-conditional-expect -- the refusal is this capability's test
        await expect(store.remove('a')).rejects.toMatchObject({ code: 'kernel.blob.unsupported' })
        return
      }
      const reading = await store.openRead('a')
      await store.remove('a')
      await store.remove('a')
      expect(await text(reading.stream)).toBe('one')
      await expect(store.get('a')).rejects.toMatchObject({ code: 'kernel.blob.not_found' })
    })
  })
}
