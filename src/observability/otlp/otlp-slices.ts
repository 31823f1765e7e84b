import type { TelemetrySignal } from '#kernel/node/telemetry'
import { isObject, listAt, type Loose } from './otlp-value.ts'

/** The names of the nested lists of a request. */
export const OTLP_LISTS = {
  traces: ['resourceSpans', 'scopeSpans', 'spans'],
  metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
} as const

/**
 * Cuts a request into requests of at most `size` items, each with its resource and scope, so that a large one can be worked off in turns. A request
 * that is small, or of a wrong shape, comes back as it is.
 */
export function* slicesOf(signal: TelemetrySignal, request: unknown, size: number): Generator<unknown> {
  const [resources, scopes, items] = OTLP_LISTS[signal]
  if (!isObject(request) || !hasMoreThan(request, resources, scopes, items, size)) {
    yield request
    return
  }
  for (const resource of listAt(request, resources)) {
    for (const scope of listAt(resource, scopes)) {
      const list = listAt(scope, items)
      for (let at = 0; at < list.length; at += size) yield { [resources]: [{ ...resource, [scopes]: [{ ...scope, [items]: list.slice(at, at + size) }] }] }
    }
  }
}

function hasMoreThan(request: Loose, resources: string, scopes: string, items: string, size: number): boolean {
  let count = 0
  for (const resource of listAt(request, resources)) for (const scope of listAt(resource, scopes)) count += listAt(scope, items).length
  return count > size
}
