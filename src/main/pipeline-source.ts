import { Buffer } from 'node:buffer'
import { splitRepository, type LocalGitHost } from '#delivery/git-host'
import { isFault } from '#kernel/common/fault'
import type { PipelineSource } from '#delivery/pipeline'
import { changedFiles, cloneForJob } from './job-checkout.ts'

type Host = Pick<LocalGitHost, 'findRepository' | 'resolveRef' | 'log' | 'listTree' | 'readFile' | 'gitDirOf'>

/** The Git host as the pipeline engine reads it. What is not there is undefined or empty; a host that fails is a failure, so that a push is told again. */
export function pipelineSourceOf(host: Host): PipelineSource {
  return {
    describe: async (repository) => await host.findRepository(...namesOf(repository)),
    resolve: async (repository, ref) => {
      const [owner, name] = namesOf(repository)
      const sha = await host.resolveRef({ owner, name, ref }).catch(absentAs(undefined))
      if (sha === undefined) return undefined
      const [commit] = await host.log({ owner, name, ref: sha, limit: 1 })
      return { sha, ref: await fullRef(host, owner, name, ref), message: commit?.message ?? '' }
    },
    listFiles: async (repository, sha, folder) => {
      const [owner, name] = namesOf(repository)
      const entries = await host.listTree({ owner, name, ref: sha, path: folder, recursive: true }).catch(absentAs([]))
      return entries.filter((entry) => entry.type === 'file').map((entry) => entry.path)
    },
    readFile: async (repository, sha, path) => {
      const [owner, name] = namesOf(repository)
      const bytes = await host.readFile({ owner, name, ref: sha, path }).catch(absentAs(undefined))
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
    },
    changedFiles: async (repository, before, after) => await changedFiles(gitDirOf(host, repository), before, after),
    checkout: async (repository, sha, folder, options) => await cloneForJob(gitDirOf(host, repository), sha, folder, options.signal),
  }
}

async function fullRef(host: Host, owner: string, name: string, ref: string): Promise<string> {
  if (ref.startsWith('refs/')) return ref
  for (const kind of ['heads', 'tags'])
    if ((await host.resolveRef({ owner, name, ref: `refs/${kind}/${ref}` }).catch(absentAs(undefined))) !== undefined) return `refs/${kind}/${ref}`
  return ref
}

function namesOf(repository: string): [string, string] {
  const { owner, name } = splitRepository(repository)
  return [owner, name]
}

function gitDirOf(host: Host, repository: string): string {
  return host.gitDirOf(splitRepository(repository))
}

/** For faults that say that something is not there, or is nothing that we would read. */
function absentAs<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (ABSENT.some((code) => isFault(error, code))) return value
    throw error
  }
}

const ABSENT = ['not_found', 'ref_not_found', 'path_not_found', 'bad_name', 'too_large'].map((name) => `delivery.git_host.${name}`)
