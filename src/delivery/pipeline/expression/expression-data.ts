import type { data } from '@actions/expressions'
import type { Json } from '#kernel/common/json'
import type { GithubExpressions } from './github-expressions.ts'

/** JSON as GitHub's expression data. */
export function toExpressionData(github: GithubExpressions['data'], value: Json): data.ExpressionData {
  if (value === null) return new github.Null()
  if (typeof value === 'string') return new github.StringData(value)
  if (typeof value === 'number') return new github.NumberData(value)
  if (typeof value === 'boolean') return new github.BooleanData(value)
  if (Array.isArray(value)) {
    const array = new github.Array()
    for (const item of value as readonly Json[]) array.add(toExpressionData(github, item))
    return array
  }
  const dictionary = new github.Dictionary()
  for (const [key, member] of Object.entries(value)) dictionary.add(key, toExpressionData(github, member))
  return dictionary
}

/** GitHub's expression data as JSON. Numbers stay numbers, also those that JSON can't write. */
export function toJsonValue(value: data.ExpressionData): Json {
  if ('pairs' in value) return Object.fromEntries((value as data.Dictionary).pairs().map((pair) => [pair.key, toJsonValue(pair.value)]))
  if ('values' in value) return (value as data.Array).values().map(toJsonValue)
  if ('value' in value) return (value as data.StringData | data.NumberData | data.BooleanData).value
  return null
}
