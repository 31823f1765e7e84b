import type * as GithubExpressionsModule from '@actions/expressions'

/** GitHub's own expression package, loaded on first use. */
export async function loadGithubExpressions() {
  loading ??= import('@actions/expressions')
  return await loading
}

/** GitHub's own package of expressions, loaded when the first workflow is read. */
export type GithubExpressions = typeof GithubExpressionsModule

let loading: Promise<GithubExpressions> | undefined
