import { expect, it } from 'vitest'
import { gitHostFaults } from '#delivery/git-host'
import { pipelineSourceOf } from './pipeline-source.ts'

const hostThatThrows = (error: Error): Parameters<typeof pipelineSourceOf>[0] => {
  const fails = async (): Promise<never> => {
    throw error
  }
  return { findRepository: fails, resolveRef: fails, log: fails, listTree: fails, readFile: fails, gitDirOf: () => '/nowhere' }
}

it('takes what is not there for absent', async () => {
  const source = pipelineSourceOf(hostThatThrows(gitHostFaults.path_not_found({ repository: 'acme/orders', ref: 'main', path: '.github/workflows' })))
  expect(await source.listFiles('acme/orders', 'a'.repeat(40), '.github/workflows')).toEqual([])
  expect(await source.readFile('acme/orders', 'a'.repeat(40), 'ci.yml')).toBeUndefined()
  expect(await source.resolve('acme/orders', 'main')).toBeUndefined()
})

it('never takes a host that fails for a repository without workflows', async () => {
  const source = pipelineSourceOf(hostThatThrows(gitHostFaults.failed({ repository: 'acme/orders', what: 'the disk is gone' })))
  await expect(source.listFiles('acme/orders', 'a'.repeat(40), '.github/workflows')).rejects.toMatchObject({ code: 'delivery.git_host.failed' })
  await expect(source.readFile('acme/orders', 'a'.repeat(40), 'ci.yml')).rejects.toMatchObject({ code: 'delivery.git_host.failed' })
  await expect(source.resolve('acme/orders', 'main')).rejects.toMatchObject({ code: 'delivery.git_host.failed' })
})
