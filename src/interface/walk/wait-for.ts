/** Asks until `ask` gives something, at most for `budgetMs`. @throws Error that names what did not come. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  options: { budgetMs: number; signal: AbortSignal; pauseMs?: number },
): Promise<T> {
  const deadline = Date.now() + options.budgetMs
  for (;;) {
    options.signal.throwIfAborted()
    const found = await ask()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${Math.round(options.budgetMs / 1000)} s`)
    await new Promise((resolve) => setTimeout(resolve, options.pauseMs ?? 100))
  }
}
