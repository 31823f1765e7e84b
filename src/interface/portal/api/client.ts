import { createClient } from '#contract'

let onUnauthenticated: () => void = () => undefined

/** Called whenever the server says that nobody is signed in (any more). */
export function whenUnauthenticated(handler: () => void): void {
  onUnauthenticated = handler
}

/** The HTTP API, typed by its contract. The session travels by cookie. */
export const api = createClient({
  baseUrl: '',
  fetch: async (address, init) => {
    const response = await fetch(address, { credentials: 'same-origin', ...init })
    if (response.status === 401) onUnauthenticated()
    return response
  },
})
