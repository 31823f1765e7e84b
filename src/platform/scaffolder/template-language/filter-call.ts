import type { Budget } from './budget.ts'
import { isList, isMap, textOf, type Value } from './value.ts'

/** What a filter gets beside its input and its arguments by place. */
interface FilterCall {
  named: Readonly<Record<string, Value>>
  budget: Budget
}

/** A pure function of data. */
export type Filter = (input: Value, rest: readonly Value[], call: FilterCall) => Value
export type Filters = Readonly<Record<string, Filter>>

/** Members of a list, characters of a text, values of a map; else nothing. */
export function listOf(value: Value): readonly Value[] {
  return isList(value) ? value : typeof value === 'string' ? Array.from(value) : isMap(value) ? Object.values(value) : []
}

const MAX_WIDTH = 1_000

/** A width or count that a template asks for, cut to 0..1000. */
export function widthOf(value: Value, otherwise: number): number {
  return Math.min(Math.max(Math.trunc(Number(value ?? otherwise)) || 0, 0), MAX_WIDTH)
}

/** A filter of texts; nothing comes out of nothing. */
export function textFilter(change: (text: string) => string): Filter {
  return (input) => (input === null || input === undefined ? '' : change(textOf(input)))
}
