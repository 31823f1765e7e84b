import type * as GithubExpressionsModule from '@actions/expressions'

/** GitHub's own expression package, loaded on first use. */
export async function loadGithubExpressions() {
  loading ??= import('@actions/expressions')
  return await loading
}

export type GithubExpressions = typeof GithubExpressionsModule

let loading: Promise<GithubExpressions> | undefined
