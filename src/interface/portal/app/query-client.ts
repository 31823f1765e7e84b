import { dehydrate, hydrate, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from '../api/problem.ts'

const kept = 'fairway.answers'

/** Refused calls are not tried again; lost connections are, with growing pauses. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5000,
        gcTime: 30 * 60_000,
        retry: (failures, error) => failures < 2 && error instanceof ApiProblem && (error.status === 0 || error.status >= 502),
        refetchOnWindowFocus: true,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

/** Brings back the answers that this tab had before it was reloaded, so that a reload shows them at once and then refreshes. */
export function restoreAnswers(client: QueryClient): void {
  try {
    const text = sessionStorage.getItem(kept)
    if (text !== null) hydrate(client, JSON.parse(text))
  } catch {
    forgetAnswers()
  }
}

/** Keeps the answers for a reload of this tab. */
export function keepAnswers(client: QueryClient): void {
  try {
    const state = dehydrate(client, {
      shouldDehydrateQuery: (query) => query.state.status === 'success' && !['search', 'telemetry', 'tokens'].includes(String(query.queryKey[0])),
    })
    const text = JSON.stringify(state)
    if (text.length < 3_000_000) sessionStorage.setItem(kept, text)
  } catch {
    forgetAnswers()
  }
}

/** Drops what was kept; called when somebody signs out. */
export function forgetAnswers(): void {
  try {
    sessionStorage.removeItem(kept)
  } catch {
    // storage is not to be had; then nothing was kept
  }
}
