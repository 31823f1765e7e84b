import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { PlanRequest } from '#kernel/common/driver'
import { driverContract } from '../../kernel/common/driver/driver-contract.ts'
import { VolumeDriver, volumeId } from './index.ts'

let count = 0
const newRoot = async (): Promise<string> => path.join(await mkdtemp(path.join(tmpdir(), 'volumes-')), 'volumes')
const context = (key: string) => ({ key, signal: new AbortController().signal, outputs: {}, progress: () => {} })
const request = (name = `data${++count}`): PlanRequest => ({
  id: `resource:${name}`,
  target: `volume/orders/dev/${name}`,
  desired: { component: 'orders', environment: 'dev', name, type: 'volume', class: 'default', recipe: 'folder', parameters: {} },
})

driverContract('volume', {
  make: async () => {
    const root = await newRoot()
    return {
      driver: new VolumeDriver(root),
      request: () => request(),
      secrets: async () => [],
      crashHalfway: async (action, key) => {
        await mkdir(root, { recursive: true })
        await writeFile(
          path.join(root, `${volumeId({ component: 'orders', environment: 'dev', name: action.target.split('/')[3] ?? '' })}.json`),
          JSON.stringify({ target: action.target, key }),
        )
      },
      broken: async () => {
        const file = `${await newRoot()}-file`
        await writeFile(file, '')
        return new VolumeDriver(path.join(file, 'volumes'))
      },
    }
  },
})

it('keeps what a workload wrote over later applies', async () => {
  const root = await newRoot()
  const driver = new VolumeDriver(root)
  const wish = request('keep')
  await driver.apply(await driver.plan(wish), context('chg_1:resource:keep'))
  await writeFile(path.join(root, 'orders.dev.keep', 'file'), 'mine')
  await driver.apply(await driver.plan(wish), context('chg_2:resource:keep'))
  expect(await readFile(path.join(root, 'orders.dev.keep', 'file'), 'utf8')).toBe('mine')
})

it('gives no two resources one folder', () => {
  expect(volumeId({ component: 'a.b', environment: 'c', name: 'd' })).not.toBe(volumeId({ component: 'a', environment: 'b.c', name: 'd' }))
})
