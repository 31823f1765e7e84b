import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { faults } from '#kernel/common/fault'
import type { Egress } from '#kernel/node/egress'
import type { GitHosts } from '#delivery/git-host'
import type { FindTemplatePlace, LooseTemplatePlace, TemplateFile, TemplatePlace } from '#platform/scaffolder'
import { listHttpFolder } from './http-folder.ts'

const placeFaults = faults('main.template_place', {
  unreadable: { status: 422, title: 'Template can not be read', retry: 'no', detail: (d: { what: string }) => d.what },
})

export interface TemplatePlaceDeps {
  /** Registries of Git hosts, the one that counts first: those that are declared, then well-known public ones. */
  gitHosts: readonly Pick<GitHosts, 'locate'>[]
  egress: Pick<Egress, 'fetch'>
  /** Folders of this machine that the operator allowed. */
  folders: readonly string[]
}

const MAX_FILE_BYTES = 20 * 1024 * 1024
const MAX_FILES = 5_000

/** Where the files of templates lie that came by a location: in a repository of a Git host, on the web, in an allowed folder. */
export function templatePlaces(deps: TemplatePlaceDeps): FindTemplatePlace {
  return async (location) => {
    if (location.startsWith('file:')) return folderPlace(deps.folders, location.slice('file:'.length))
    const url = location.replace(/^url:/, '')
    for (const hosts of deps.gitHosts) {
      const found = await gitPlace(hosts, url)
      if (found) return found
    }
    return webPlace(deps.egress, url)
  }
}

async function gitPlace(hosts: Pick<GitHosts, 'locate'>, url: string): Promise<TemplatePlace | undefined> {
  const found = await hosts.locate(url)
  if (!found) return undefined
  const { host, name } = { host: found.host.host, name: found.host.name }
  const at = found.repository
  const ref = found.ref ?? (await host.findRepository(at.owner, at.name))?.defaultBranch
  if (ref === undefined)
    throw placeFaults.unreadable({ what: `there is no repository "${at.owner}/${at.name}" on ${name === '' ? 'the built-in Git host' : name}` })
  return { kind: 'git', repository: `${name === '' ? '' : `${name}/`}${at.owner}/${at.name}`, host, at, ref, path: found.path }
}

function webPlace(egress: Pick<Egress, 'fetch'>, address: string): LooseTemplatePlace {
  const url = new URL(address)
  const addressOf = (file: string): string => new URL(`/${file.split('/').map(encodeURIComponent).join('/')}`, url.origin).href
  return {
    kind: 'loose',
    source: url.href.slice(0, url.href.lastIndexOf('/')),
    path: decodeURIComponent(url.pathname).slice(1),
    readFile: async (file) => {
      const answer = await egress.fetch(addressOf(file))
      if (answer.status !== 200) throw placeFaults.unreadable({ what: `"${addressOf(file)}" was answered ${answer.status}` })
      return new Uint8Array(await answer.arrayBuffer())
    },
    listFolder: async (folder) => {
      const target = `${addressOf(folder)}/`.replace(/\/\/$/, '/')
      const files = await listHttpFolder(egress, target)
      if (files) return files
      const what = `the files below "${target}" can not be listed: its server shows no index of the folder. Keep the template in a Git repository, or name each file with fetch:plain:file or fetch:template:file`
      throw placeFaults.unreadable({ what })
    },
  }
}

function folderPlace(allowed: readonly string[], file: string): LooseTemplatePlace {
  /** @throws when it is not below an allowed folder, whatever links say. */
  const settled = async (at: string): Promise<string> => {
    const real = await realpath(at).catch(() => undefined)
    if (real === undefined) throw placeFaults.unreadable({ what: `there is no "${at}" on the platform's machine` })
    const roots = await Promise.all(allowed.map(async (folder) => await realpath(folder).catch(() => path.resolve(folder))))
    if (roots.some((root) => real === root || real.startsWith(root.endsWith('/') ? root : `${root}/`))) return real
    throw placeFaults.unreadable({ what: `"${at}" is not below a folder that the operator allowed: add it to FAIRWAY_CATALOG_FOLDERS` })
  }
  const fileAt = async (at: string, shown: string): Promise<TemplateFile> => {
    const real = await settled(at)
    const found = await stat(real)
    if (!found.isFile() || found.size > MAX_FILE_BYTES) throw placeFaults.unreadable({ what: `"${at}" is no file of at most ${MAX_FILE_BYTES} bytes` })
    return { path: shown, content: await readFile(real), isExecutable: (found.mode & 0o111) !== 0 }
  }
  const walk = async (folder: string, prefix: string, files: TemplateFile[]): Promise<TemplateFile[]> => {
    for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const at = path.join(folder, entry.name)
      if (entry.isSymbolicLink()) throw placeFaults.unreadable({ what: `"${at}" is a link; a template has files only` })
      if (files.length > MAX_FILES) throw placeFaults.unreadable({ what: `"${folder}" has more than ${MAX_FILES} files` })
      if (entry.isDirectory() && entry.name !== '.git') await walk(at, `${prefix}${entry.name}/`, files)
      else if (entry.isFile()) files.push(await fileAt(at, `${prefix}${entry.name}`))
    }
    return files
  }
  const absolute = path.resolve(file)
  return {
    kind: 'loose',
    source: path.dirname(absolute),
    path: absolute.slice(1),
    readFile: async (at) => (await fileAt(`/${at}`, at)).content,
    listFolder: async (folder) => await walk(await settled(`/${folder}`), '', []),
  }
}
