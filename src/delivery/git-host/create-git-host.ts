import type { Route } from '#kernel/node/http'
import { gitHttpRoutes, type GitHttpDeps } from './git-http-routes.ts'
import { LocalGitHost, type LocalGitHostDeps } from './local-git-host.ts'
import { repositoryRoutes } from './repository-routes.ts'

/** Opens the built-in Git host with its routes. Pushes are told once `startGitHost` runs. */
export async function createGitHost(deps: LocalGitHostDeps & Pick<GitHttpDeps, 'authorize'>): Promise<{ host: LocalGitHost; routes: Route[] }> {
  const host = await LocalGitHost.open(deps)
  return { host, routes: [...gitHttpRoutes({ host, log: deps.log, authorize: deps.authorize }), ...repositoryRoutes(host)] }
}
