import { createHash } from 'node:crypto'
import { faults } from '#kernel/common/fault'
import type { Json } from '#kernel/common/json'
import type { Egress } from '#kernel/node/egress'
import type { ConfiguredGitHost, GitHost, GitHosts, RepositoryRef } from '#delivery/git-host'
import type { PipelineEngine } from '#delivery/pipeline'
import type { FetchSource, FindTemplatePlace, HostDirectory, Outside, TemplateFile } from '#platform/scaffolder'
import { templatePlaces } from './template-places.ts'

const templateFaults = faults('main.template', {
  host_refused: { status: 422, title: 'Host refused', retry: 'no', detail: (d: { host: string; what: string }) => `${d.host} refused: ${d.what}` },
  not_found: { status: 422, title: 'Nothing to fetch', retry: 'no', detail: (d: { url: string; what: string }) => `"${d.url}" can not be fetched: ${d.what}` },
})

export interface TemplateOutsideDeps {
  gitHosts: GitHosts
  /** Well-known hosts that nobody declared: what is public there is read. */
  publicHosts: Pick<GitHosts, 'locate'>
  /** Folders of this machine that the operator allowed. */
  folders: readonly string[]
  egress: Pick<Egress, 'fetch'>
  pipelines: Pick<PipelineEngine, 'start'>
  addLocation: NonNullable<Outside['addLocation']>
}

/** Most files that are fetched from a folder elsewhere. */
const MAX_FILES = 5_000

/** What runs of templates reach: the Git hosts that are configured, their APIs, workflows, files by address. */
export function templateOutside(deps: TemplateOutsideDeps): {
  hosts: () => Promise<HostDirectory>
  outside: Partial<Outside>
  fetch: FetchSource
  findTemplatePlace: FindTemplatePlace
} {
  const { gitHosts, publicHosts, egress, folders } = deps
  const locate = async (url: string): ReturnType<GitHosts['locate']> => (await gitHosts.locate(url)) ?? (await publicHosts.locate(url))
  const foreign = async (): Promise<ConfiguredGitHost[]> => (await gitHosts.list()).filter((host) => host.name !== '')
  const callHost: NonNullable<Outside['callHost']> = async (host, { method, path, body, doneStatuses = [] }) => {
    const { remote } = await gitHosts.get(host)
    const answer = await remote.api.call({ method, path, ...(body === undefined ? {} : { body }) })
    const isDone = (answer.status >= 200 && answer.status < 300) || doneStatuses.includes(answer.status)
    if (!isDone) throw templateFaults.host_refused({ host, what: `${method} ${path} was answered ${answer.status}` })
    return (answer.body ?? null) as Json
  }
  return {
    hosts: async () => {
      const list = (await foreign()).map(({ name, type, url }) => ({ host: name, type, webUrl: url }))
      return { list: () => list }
    },
    outside: {
      findHost: async (name) => (await foreign()).find((host) => host.name === name.toLowerCase() || host.entity === name)?.host,
      callHost,
      addLocation: deps.addLocation,
      dispatchWorkflow: async ({ host, owner, name, workflow, ref, inputs, actor, key }) => {
        if (host !== '') {
          const { type } = await gitHosts.get(host)
          if (type !== 'github' && type !== 'gitea') throw templateFaults.host_refused({ host, what: 'it has no workflows that can be started by name' })
          await callHost(host, {
            method: 'POST',
            path: `/repos/${owner}/${name}/actions/workflows/${encodeURIComponent(workflow)}/dispatches`,
            body: { ref, inputs },
          })
          return
        }
        const commit = await gitHosts.builtIn.host.resolveRef({ owner, name, ref })
        if (commit === undefined) throw templateFaults.not_found({ url: `${owner}/${name}`, what: `there is no "${ref}"` })
        const plain = Object.fromEntries(
          Object.entries(inputs).flatMap(([input, value]) =>
            ['string', 'number', 'boolean'].includes(typeof value) ? [[input, value as string | number | boolean]] : [],
          ),
        )
        await deps.pipelines.start({
          repository: `${owner}/${name}`,
          commit,
          ref,
          event: 'workflow_dispatch',
          workflowFile: workflow,
          actor,
          inputs: plain,
          idempotencyKey: key,
        })
      },
    },
    findTemplatePlace: templatePlaces({ gitHosts: [gitHosts, publicHosts], egress, folders }),
    fetch: {
      readFolder: async (url, pin) => {
        const place = await locate(url)
        if (!place) throw templateFaults.not_found({ url, what: 'it is no folder of a Git host that is configured here' })
        const at = await settle(place.host.host, place.repository, pin ?? place.ref, url)
        return { files: await filesBelow(place.host.host, at, place.path, url), revision: at.ref }
      },
      readFile: async (url, pin) => {
        const place = await locate(url)
        if (!place) return await readByHttp(deps.egress, url, pin)
        const at = await settle(place.host.host, place.repository, pin ?? place.ref, url)
        return { content: await place.host.host.readFile({ ...at, path: place.path }), revision: at.ref }
      },
    },
  }
}

async function settle(host: GitHost, repository: RepositoryRef, ref: string | undefined, url: string): Promise<RepositoryRef & { ref: string }> {
  const found = ref === undefined ? await host.findRepository(repository.owner, repository.name) : undefined
  if (ref === undefined && !found) throw templateFaults.not_found({ url, what: 'there is no such repository' })
  const commit = await host.resolveRef({ ...repository, ref: ref ?? found?.defaultBranch ?? 'main' })
  if (commit === undefined) throw templateFaults.not_found({ url, what: `there is no "${ref ?? found?.defaultBranch}"` })
  return { ...repository, ref: commit }
}

async function filesBelow(host: GitHost, at: RepositoryRef & { ref: string }, folder: string, url: string): Promise<TemplateFile[]> {
  const entries = await host.listTree({ ...at, ...(folder === '' ? {} : { path: folder }), recursive: true })
  const link = entries.find((entry) => entry.type === 'link' || entry.type === 'submodule')
  if (link) throw templateFaults.not_found({ url, what: `${link.path} is a ${link.type}; templates take files only` })
  const files = entries.filter((entry) => entry.type === 'file')
  if (files.length > MAX_FILES) throw templateFaults.not_found({ url, what: `it has more than ${MAX_FILES} files` })
  const result: TemplateFile[] = []
  for (let index = 0; index < files.length; index += 8)
    result.push(
      ...(await Promise.all(
        files.slice(index, index + 8).map(async (entry) => ({
          path: folder === '' ? entry.path : entry.path.slice(folder.length + 1),
          content: await host.readFile({ ...at, path: entry.path }),
          isExecutable: entry.mode === '100755',
        })),
      )),
    )
  return result
}

/** What came by plain http has no revision of its own but its content: a plan and its carrying out must see the same. */
async function readByHttp(egress: Pick<Egress, 'fetch'>, url: string, pin: string | undefined): Promise<{ content: Uint8Array; revision: string }> {
  const answer = await egress.fetch(url)
  if (answer.status !== 200) throw templateFaults.not_found({ url, what: `it was answered ${answer.status}` })
  const content = new Uint8Array(await answer.arrayBuffer())
  const revision = `sha256:${createHash('sha256').update(content).digest('hex')}`
  if (pin !== undefined && pin !== revision) throw templateFaults.not_found({ url, what: 'it is not what it was when the run was planned' })
  return { content, revision }
}
