import { listOf, type Filter, type Filters } from './filter-call.ts'
import { refuse } from './refusal.ts'
import { holdsTest } from './tests.ts'
import { isList, isMap, isTrue, mapOf, memberOf, textOf, type Value } from './value.ts'

function compare(a: Value, b: Value, isCaseSensitive: boolean): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [left, right] = isCaseSensitive ? [textOf(a), textOf(b)] : [textOf(a).toLowerCase(), textOf(b).toLowerCase()]
  return left < right ? -1 : left > right ? 1 : 0
}

/** `map(attribute='a.b')` and the like look through dots. */
function attributeOf(item: Value, path: Value): Value {
  if (typeof path !== 'string') return memberOf(item, path)
  return path.split('.').reduce<Value>((value, key) => memberOf(value, key), item)
}

const byAttribute =
  (isKept: boolean): Filter =>
  (input, [name, test, ...rest]) =>
    listOf(input).filter((item) => {
      const value = attributeOf(item, name)
      return (test === undefined ? isTrue(value) : asked(test, value, rest)) === isKept
    })
const byTest =
  (isKept: boolean): Filter =>
  (input, [test, ...rest]) =>
    listOf(input).filter((item) => (test === undefined ? isTrue(item) : asked(test, item, rest)) === isKept)

function asked(test: Value, value: Value, rest: readonly Value[]): boolean {
  return holdsTest(textOf(test), value, rest) ?? refuse(`there is no test "${textOf(test).slice(0, 60)}"`)
}

const sort: Filter = (input, [isDescending, isCaseSensitive, attribute], { named, budget }) => {
  const by = attribute ?? named['attribute']
  const isSensitive = isTrue(isCaseSensitive ?? named['case_sensitive'] ?? false)
  const items = listOf(input).map((item) => ({ item, key: by === undefined ? item : attributeOf(item, by) }))
  budget.step(items.length * 8)
  const sign = isTrue(isDescending ?? named['reverse'] ?? false) ? -1 : 1
  return items.sort((a, b) => sign * compare(a.key, b.key, isSensitive)).map(({ item }) => item)
}

const dictsort: Filter = (input, [isCaseSensitive, by]) => {
  if (!isMap(input)) return refuse('dictsort takes a map')
  const at = by === undefined || by === 'key' ? 0 : by === 'value' ? 1 : refuse('dictsort sorts by "key" or "value"')
  return Object.entries(input).sort((a, b) => compare(a[at], b[at], isTrue(isCaseSensitive ?? false)))
}

const groupby: Filter = (input, [attribute]) => {
  const groups = new Map<string, Value[]>()
  for (const item of listOf(input)) {
    const key = textOf(attributeOf(item, attribute))
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return mapOf(groups)
}

const batch: Filter = (input, [size, fill]) => {
  const [items, count] = [listOf(input), Math.max(Math.trunc(Number(size)) || 1, 1)]
  const rows: Value[][] = Array.from({ length: Math.ceil(items.length / count) }, (_, index) => items.slice(index * count, (index + 1) * count))
  const last = rows.at(-1)
  if (last && isTrue(fill)) while (last.length < Math.min(count, 1_000)) last.push(fill)
  return rows
}

const slice: Filter = (input, [parts, fill]) => {
  const [items, count] = [listOf(input), Math.min(Math.max(Math.trunc(Number(parts)) || 1, 1), 1_000)]
  const [size, extra] = [Math.floor(items.length / count), items.length % count]
  return Array.from({ length: count }, (_, index) => {
    const start = index * size + Math.min(index, extra)
    const part = items.slice(start, start + size + (index < extra ? 1 : 0))
    return isTrue(fill) && index >= extra ? [...part, fill] : part
  })
}

/** Filters of lists and maps. */
export const LIST_FILTERS: Filters = {
  batch,
  dictsort,
  first: (input) => listOf(input)[0],
  groupby,
  items: (input) => (isMap(input) ? Object.entries(input) : []),
  join: (input, [by, attribute], { named, budget }) => {
    const name = attribute ?? named['attribute']
    const items = listOf(input).map((item) => textOf(name === undefined ? item : attributeOf(item, name)))
    const separator = textOf(by ?? named['del'] ?? named['d'])
    budget.step(1 + ((items.length * separator.length) >> 6))
    return items.join(separator)
  },
  keys: (input) => (isMap(input) ? Object.keys(input) : []),
  last: (input) => listOf(input).at(-1),
  length: (input) => (isMap(input) ? Object.keys(input).length : isList(input) || typeof input === 'string' ? input.length : 0),
  list: (input) =>
    isMap(input)
      ? Object.entries(input).map(([key, value]) =>
          mapOf([
            ['key', key],
            ['value', value],
          ]),
        )
      : listOf(input),
  map: (input, [name], { named }) => {
    const attribute = named['attribute'] ?? refuse(`map takes attribute='…'; "${textOf(name).slice(0, 60)}" as a filter is not supported`)
    return listOf(input).map((item) => attributeOf(item, attribute))
  },
  max: (input) => listOf(input).reduce((best, item) => (best === undefined || compare(item, best, true) > 0 ? item : best), undefined),
  min: (input) => listOf(input).reduce((best, item) => (best === undefined || compare(item, best, true) < 0 ? item : best), undefined),
  random: () => refuse('random would give another result each time, and what is planned is what is made'),
  reject: byTest(false),
  rejectattr: byAttribute(false),
  reverse: (input) => (typeof input === 'string' ? Array.from(input).reverse().join('') : [...listOf(input)].reverse()),
  select: byTest(true),
  selectattr: byAttribute(true),
  slice,
  sort,
  sum: (input, [attribute, start], { named }) => {
    const by = attribute ?? named['attribute']
    return listOf(input).reduce<number>((total, item) => total + Number(by === undefined ? item : attributeOf(item, by)), Number(start ?? 0))
  },
  unique: (input) => [...new Set(listOf(input))],
  values: (input) => (isMap(input) ? Object.values(input) : []),
}
