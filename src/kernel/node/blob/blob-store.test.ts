import { mkdtemp, readdir, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import { blobStoreContract } from './blob-store-contract.ts'
import { DiskBlobStore } from './disk-blob-store.ts'
import { MemoryBlobStore } from './memory-blob-store.ts'

const folder = async (): Promise<string> => await mkdtemp(path.join(tmpdir(), 'blob-'))

blobStoreContract('memory', async () => new MemoryBlobStore())
blobStoreContract('disk', async () => await DiskBlobStore.open(await folder()))

it('a disk store is still there after a restart, and clears what a crash left half-written', async () => {
  const root = await folder()
  await (await DiskBlobStore.open(root)).put('a/b', Buffer.from('one'))
  const [old, fresh] = [path.join(root, '.staging', 'old'), path.join(root, '.staging', 'fresh')]
  for (const file of [old, fresh]) await writeFile(file, 'half')
  await utimes(old, new Date(0), new Date(0))
  const again = await DiskBlobStore.open(root)
  expect(Buffer.from(await again.get('a/b')).toString()).toBe('one')
  expect(await readdir(path.join(root, '.staging'))).toEqual(['fresh'])
})
