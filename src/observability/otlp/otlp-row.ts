import type { sourceOf } from './otlp-source.ts'

/** A row, or why there is none. */
export type RowOf<Row> = { row: Row } | { reason: string }

/** Where an item comes from: columns, the rest of the resource, and the instrumentation scope. */
export interface Origin {
  source: ReturnType<typeof sourceOf>['source']
  rest: Record<string, unknown>
  scope: string
}
