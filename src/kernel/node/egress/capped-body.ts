import { egressFaults } from './egress-faults.ts'

/** The same answer, whose body fails as soon as it grows over `maxBytes`, and fails with faults only. */
export function cappedBody(response: Response, options: { url: URL; maxBytes: number; translate: (error: unknown) => unknown }): Response {
  const tooLarge = (): Error => egressFaults.too_large({ host: options.url.host, maxBytes: options.maxBytes })
  const source = response.body
  let sizeBytes = 0
  const reader = source?.getReader()
  const body = reader
    ? new ReadableStream<Uint8Array>({
        pull: async (controller) => {
          try {
            const { done, value } = await reader.read()
            if (done) return controller.close()
            sizeBytes += value.byteLength
            if (sizeBytes > options.maxBytes) throw tooLarge()
            controller.enqueue(value)
          } catch (error) {
            void reader.cancel().catch(() => {})
            controller.error(options.translate(error))
          }
        },
        cancel: async (reason) => await reader.cancel(reason),
      })
    : null
  // The body comes decompressed: these two speak of what was on the wire.
  const headers = new Headers(
    [...response.headers].filter(([name]) => name !== 'content-encoding' && (name !== 'content-length' || !response.headers.has('content-encoding'))),
  )
  const isBodyless = [101, 204, 205, 304].includes(response.status)
  const capped = new Response(isBodyless ? null : body, { status: response.status, statusText: response.statusText, headers })
  Object.defineProperty(capped, 'url', { value: options.url.href })
  return capped
}
