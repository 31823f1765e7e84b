import type { Route } from '#kernel/node/http'
import { commitRoutes } from './commit-routes.ts'
import { gitHttpRoutes, type GitHttpDeps } from './git-http-routes.ts'
import { LocalGitHost, type LocalGitHostDeps } from './local-git-host.ts'
import { PullRequestDiscussion } from './pull-request-discussion.ts'
import { pullRequestRoutes, type PullRequestCheck } from './pull-request-routes.ts'
import { repositoryRoutes } from './repository-routes.ts'

/** What the built-in Git host with its routes is made with. */
export interface GitHostDeps extends LocalGitHostDeps, Pick<GitHttpDeps, 'authorize'> {
  /** What pipelines ran on a commit, the newest first. Default: nothing. */
  checksOf?: (repository: string, commit: string) => Promise<PullRequestCheck[]>
}

/** Opens the built-in Git host with its routes. Pushes are told once `startGitHost` runs. */
export async function createGitHost(deps: GitHostDeps): Promise<{ host: LocalGitHost; routes: Route[] }> {
  const host = await LocalGitHost.open(deps)
  const discussion = new PullRequestDiscussion({ ...deps, pullRequests: host.pullRequests })
  return {
    host,
    routes: [
      ...gitHttpRoutes({ host, log: deps.log, authorize: deps.authorize }),
      ...repositoryRoutes(host),
      ...commitRoutes(host),
      ...pullRequestRoutes({ host, discussion, checksOf: deps.checksOf ?? (async () => []) }),
    ],
  }
}
