/** Makes what is being started part of `stack` at once, so that several parts start together: it is stopped also when another one fails first. */
export async function useWhenStarted<T extends AsyncDisposable>(stack: AsyncDisposableStack, starting: Promise<T>): Promise<T> {
  stack.defer(async () => {
    const started = await starting.catch(() => undefined)
    await started?.[Symbol.asyncDispose]()
  })
  return await starting
}
