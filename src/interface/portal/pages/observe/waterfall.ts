import type { Span } from '../../api/shapes.ts'

/** A span in the order and depth of its tree, with its place on the time axis as shares of the whole. */
export interface WaterfallRow {
  span: Span
  depth: number
  /** 0 to 1. */
  offset: number
  /** 0 to 1. */
  width: number
}

/** Lays a trace out: children under parents by start; a span whose parent is missing stands at the root. */
export function layOutTrace(spans: readonly Span[]): WaterfallRow[] {
  if (spans.length === 0) return []
  const start = Math.min(...spans.map((span) => Date.parse(span.startedAt)))
  const end = Math.max(...spans.map((span) => Date.parse(span.startedAt) + span.durationMs))
  const total = Math.max(1e-6, end - start)
  const known = new Set(spans.map((span) => span.spanId))
  const children = Map.groupBy(spans, (span) =>
    span.parentSpanId !== null && known.has(span.parentSpanId) && span.parentSpanId !== span.spanId ? span.parentSpanId : '',
  )
  const rows: WaterfallRow[] = []
  const seen = new Set<string>()
  const visit = (parent: string, depth: number): void => {
    const ordered = [...(children.get(parent) ?? [])].sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
    for (const span of ordered) {
      if (seen.has(span.spanId)) continue
      seen.add(span.spanId)
      rows.push({ span, depth, offset: (Date.parse(span.startedAt) - start) / total, width: span.durationMs / total })
      visit(span.spanId, depth + 1)
    }
  }
  visit('', 0)
  return rows
}
