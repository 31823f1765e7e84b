import type { GitHost } from '#delivery/git-host'
import type { Outside } from './drivers/index.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'

interface CompletionRequest {
  /** `fairway`, or the name of a configured Git host. */
  provider: string
  /** `repositories`, `branches` (with `owner` and `repository` in the context), `owners`. */
  resource: string
  context: Readonly<Record<string, string>>
}

/** Completes a field of a form. Answers at most 200. */
export type Complete = (request: CompletionRequest) => Promise<{ id: string; title?: string }[]>

const MAX_RESULTS = 200

export function createCompletion(deps: { outside: Pick<Outside, 'findHost'> }): Complete {
  return async ({ provider, resource, context }) => {
    const host: GitHost | undefined = await deps.outside.findHost(provider === 'fairway' ? '' : provider)
    if (!host) throw scaffolderFaults.bad_request({ what: `Unsupported provider: ${provider}` })
    switch (resource) {
      case 'repositories': {
        const { items } = await host.listRepositories({ limit: MAX_RESULTS })
        const owner = context['owner']
        return items.filter((item) => owner === undefined || item.owner === owner).map((item) => ({ id: `${item.owner}/${item.name}`, title: item.name }))
      }
      case 'branches': {
        const [owner = '', name = ''] =
          context['repository']?.includes('/') === true ? context['repository'].split('/') : [context['owner'], context['repository']]
        const { items } = await host.listBranches({ owner, name, limit: MAX_RESULTS })
        return items.map((branch) => ({ id: branch.name }))
      }
      case 'owners': {
        const { items } = await host.listRepositories({ limit: MAX_RESULTS })
        return [...new Set(items.map((item) => item.owner))].sort().map((id) => ({ id }))
      }
      default:
        throw scaffolderFaults.bad_request({ what: `Unsupported resource "${resource}" of ${provider}; there are: repositories, branches, owners` })
    }
  }
}
