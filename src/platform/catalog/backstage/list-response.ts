import type { EntityText } from '../catalog-reader.ts'
import { BACKSTAGE_JSON } from './tagged-json.ts'

/**
 * Answers a JSON list: at once while it is one part, as a stream when there are more.
 * @param answer makes the answer of a list that is all there.
 */
export async function listResponse(
  parts: AsyncGenerator<EntityText[]>,
  write: (json: string) => string,
  answer: (text: string) => Response,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const first = await parts.next()
  const second = first.done ? first : await parts.next()
  const textOf = (items: readonly EntityText[]): string => items.map(({ json }) => write(json)).join(',')
  if (first.done) return answer('[]')
  if (second.done) return answer(`[${textOf(first.value)}]`)
  const encoder = new TextEncoder()
  const waiting = [first.value, second.value]
  let isStarted = false
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const next = waiting.length > 0 ? { done: false as const, value: waiting.shift() ?? [] } : await parts.next()
      if (next.done) {
        controller.enqueue(encoder.encode(isStarted ? ']' : '[]'))
        controller.close()
        return
      }
      const text = textOf(next.value)
      // A part may be empty when its entities went meanwhile.
      controller.enqueue(encoder.encode(text === '' ? ' ' : `${isStarted ? ',' : '['}${text}`))
      isStarted ||= text !== ''
    },
    cancel: async () => void (await parts.return(undefined)),
  })
  return new Response(body, { headers: { ...headers, 'content-type': BACKSTAGE_JSON } })
}
