/** GitHub's own expression package, loaded on first use. */
export async function loadGithubExpressions() {
  loading ??= import('@actions/expressions')
  return await loading
}

export type GithubExpressions = typeof import('@actions/expressions')

let loading: Promise<GithubExpressions> | undefined
