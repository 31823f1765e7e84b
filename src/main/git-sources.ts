import { Buffer } from 'node:buffer'
import { splitRepository, type LocalGitHost } from '#delivery/git-host'
import type { PipelineSource } from '#delivery/pipeline'
import type { CatalogSource } from '#platform/catalog'
import { changedFiles, cloneForJob } from './job-checkout.ts'

/** The Git host as the catalog reads it: descriptors of one commit. */
export function catalogSourceOf(host: LocalGitHost): CatalogSource {
  const headOf = async (repository: { owner: string; name: string; defaultBranch: string }) => ({
    repository: `${repository.owner}/${repository.name}`,
    defaultBranch: repository.defaultBranch,
    head: (await host.resolveRef({ owner: repository.owner, name: repository.name, ref: `refs/heads/${repository.defaultBranch}` })) ?? null,
  })
  return {
    listRepositories: async () => {
      const heads: Awaited<ReturnType<typeof headOf>>[] = []
      let cursor: string | undefined
      do {
        const page = await host.listRepositories({ limit: 200, cursor })
        heads.push(...(await Promise.all(page.items.map(headOf))))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      return heads
    },
    findRepository: async (repository) => {
      const found = await host.findRepository(...namesOf(repository))
      return found ? await headOf(found) : undefined
    },
    readFiles: async (repository, ref, globs) => {
      const [owner, name] = namesOf(repository)
      const commit = await host.resolveRef({ owner, name, ref }).catch(() => undefined)
      if (commit === undefined) return undefined
      const entries = await host.listTree({ owner, name, ref: commit, recursive: true })
      const wanted = entries.filter((entry) => entry.type === 'file' && globs.some((glob) => matches(glob, entry.path)))
      const files = await Promise.all(
        wanted.map(async (entry) => ({
          path: entry.path,
          text: Buffer.from(await host.readFile({ owner, name, ref: commit, path: entry.path })).toString('utf8'),
        })),
      )
      return { commit, files }
    },
  }
}

/** The Git host as the pipeline engine reads it. */
export function pipelineSourceOf(host: LocalGitHost): PipelineSource {
  return {
    describe: async (repository) => await host.findRepository(...namesOf(repository)),
    resolve: async (repository, ref) => {
      const [owner, name] = namesOf(repository)
      const sha = await host.resolveRef({ owner, name, ref }).catch(() => undefined)
      if (sha === undefined) return undefined
      const [commit] = await host.log({ owner, name, ref: sha, limit: 1 })
      return { sha, ref: await fullRef(host, owner, name, ref), message: commit?.message ?? '' }
    },
    listFiles: async (repository, sha, folder) => {
      const [owner, name] = namesOf(repository)
      const entries = await host.listTree({ owner, name, ref: sha, path: folder, recursive: true }).catch(() => [])
      return entries.filter((entry) => entry.type === 'file').map((entry) => entry.path)
    },
    readFile: async (repository, sha, path) => {
      const [owner, name] = namesOf(repository)
      const bytes = await host.readFile({ owner, name, ref: sha, path }).catch(() => undefined)
      return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
    },
    changedFiles: async (repository, before, after) => await changedFiles(gitDirOf(host, repository), before, after),
    checkout: async (repository, sha, folder, options) => await cloneForJob(gitDirOf(host, repository), sha, folder, options.signal),
  }
}

async function fullRef(host: LocalGitHost, owner: string, name: string, ref: string): Promise<string> {
  if (ref.startsWith('refs/')) return ref
  for (const kind of ['heads', 'tags'])
    if ((await host.resolveRef({ owner, name, ref: `refs/${kind}/${ref}` }).catch(() => undefined)) !== undefined) return `refs/${kind}/${ref}`
  return ref
}

function namesOf(repository: string): [string, string] {
  const { owner, name } = splitRepository(repository)
  return [owner, name]
}

/** `catalog-info.yaml`, or with a leading `**` + slash anywhere: `*.yaml`, `template.yaml`. */
function matches(glob: string, path: string): boolean {
  const anywhere = glob.startsWith('**/')
  const pattern = anywhere ? glob.slice(3) : glob
  const text = anywhere ? path.slice(path.lastIndexOf('/') + 1) : path
  return pattern.startsWith('*') ? text.endsWith(pattern.slice(1)) : text === pattern
}

function gitDirOf(host: LocalGitHost, repository: string): string {
  return host.gitDirOf(splitRepository(repository))
}
