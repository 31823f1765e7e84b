import path from 'node:path'
import { problemText } from '#kernel/common/document'
import { BareFiles, GitHosts, readGitHost, type ConfiguredGitHost, type LocalGitHost, type RepositoryRef } from '#delivery/git-host'
import type { CatalogDirectory } from '#platform/catalog'
import { PUBLIC_HOSTS, type HostOrganisation, type RepositoryFiles, type SourceHost } from '#platform/location'
import type { SecretStore } from '#platform/secret'
import type { Foundation } from './foundation.ts'

/** The built-in Git host, and those that GitHost documents of the organisation repository declare. */
export function createGitHosts(
  base: Foundation,
  needs: {
    builtIn: LocalGitHost
    directory: () => Pick<CatalogDirectory, 'entitiesOfKind'>
    secrets: Pick<SecretStore, 'find' | 'write'>
    publicUrl: () => string
  },
): GitHosts {
  const { clock, log, settings } = base
  return new GitHosts({
    builtIn: needs.builtIn,
    publicUrl: needs.publicUrl,
    secrets: needs.secrets,
    clock,
    root: path.join(settings.dataDir, 'mirrors'),
    documents: async () => {
      const documents = await needs.directory().entitiesOfKind('githost')
      return documents.flatMap((stored) => {
        const { gitHost, problems } = readGitHost(stored.document)
        if (!gitHost) log.warn(`left out ${stored.ref}: ${problems.map(problemText).join('; ')}`, { entity: stored.ref })
        return gitHost ?? []
      })
    },
  })
}

/** Hosts that everybody knows, whose public repositories are read by who comes as nobody. What is declared counts first: ask those hosts before. */
export function createPublicHosts(base: Foundation, needs: { builtIn: LocalGitHost; publicUrl: () => string }): GitHosts {
  const documents = PUBLIC_HOSTS.flatMap(({ name, type, url }) =>
    type === 'built-in' ? [] : [{ entity: '', name, title: name, type, url, organisations: [], trustsPeople: false }],
  )
  const nobody = { find: async () => await Promise.resolve(undefined), write: async () => {} }
  return new GitHosts({
    ...needs,
    secrets: nobody,
    clock: base.clock,
    root: path.join(base.settings.dataDir, 'mirrors', 'public'),
    documents: async () => await Promise.resolve(documents),
  })
}

/** The hosts as locations read them. */
export async function sourceHosts(hosts: GitHosts, builtIn: LocalGitHost): Promise<SourceHost[]> {
  return (await hosts.list()).map((configured) => sourceHostOf(hosts, configured, builtIn))
}

function sourceHostOf(hosts: GitHosts, configured: ConfiguredGitHost, builtIn: LocalGitHost): SourceHost {
  const { name, url, type, remote, organisation, trustsPeople } = configured
  if (!remote || type === 'fairway')
    return { name: '', type: 'built-in', url, repositories: filesOf(configured, new BareFiles(builtIn.folders, (ref) => builtIn.gitDirOf(ref))) }
  return {
    name,
    type,
    url,
    isTrusted: trustsPeople,
    repositories: filesOf(configured, new BareFiles(remote.folders, (ref) => remote.mirrorOf(ref).gitDir)),
    ...(organisation === undefined ? {} : { organisation: peopleOf(organisation) }),
    readWebhook: async (headers, body) =>
      (await hosts.receiveWebhook(name, headers, body)).map((push) => ({ repository: `${push.owner}/${push.name}`, ref: push.ref })),
  }
}

function filesOf({ host, remote }: ConfiguredGitHost, files: BareFiles): RepositoryFiles {
  return {
    find: async (repository) => {
      const { owner, name } = splitName(repository)
      const found = await host.findRepository(owner, name)
      return found && { defaultBranch: found.defaultBranch }
    },
    resolve: async (repository, ref) => {
      // Who asks wants to know what is there now, not some seconds ago.
      remote?.markStale(splitName(repository))
      return await host.resolveRef({ ...splitName(repository), ref })
    },
    tree: async (repository, commit) => {
      const entries = await host.listTree({ ...splitName(repository), ref: commit, recursive: true })
      return new Map(entries.flatMap((entry) => (entry.type === 'file' ? [[entry.path, entry.sha]] : [])))
    },
    read: async (repository, commit, paths, maxBytes) => await files.read(splitName(repository), commit, paths, maxBytes),
    diff: async (repository, before, after) => await files.diff(splitName(repository), before, after),
  }
}

function peopleOf(organisation: NonNullable<ConfiguredGitHost['organisation']>): HostOrganisation {
  return {
    listRepositories: async (name) => (await organisation.listRepositories(name)).flatMap((item) => (item.isArchived ? [] : [`${item.owner}/${item.name}`])),
    listTeams: async (name) => await organisation.listTeams(name),
    listMembers: async (name) => await organisation.listMembers(name),
  }
}

function splitName(repository: string): RepositoryRef {
  const at = repository.lastIndexOf('/')
  return { owner: repository.slice(0, Math.max(at, 0)), name: repository.slice(at + 1) }
}
