import { canonicalJson, type Json, type JsonObject } from '#kernel/common/json'
import { pipelineFaults } from '../pipeline-faults.ts'

/** More jobs than this in one matrix are refused, as GitHub does. */
const MAX_MATRIX_JOBS = 256

/**
 * The combinations of an evaluated `strategy.matrix`, in GitHub's order: the first vector varies slowest, then what `include` adds.
 * `include` extends every combination whose own values it does not contradict; one that fits none becomes a combination of its own.
 * An absent matrix is one combination without values.
 * @throws `delivery.pipeline.bad_matrix`.
 */
export function expandMatrix(matrix: Json | undefined): JsonObject[] {
  if (matrix === undefined || matrix === null) return [{}]
  if (!isObject(matrix)) throw pipelineFaults.bad_matrix({ what: 'it has to be a mapping of names to lists' })
  const { include, exclude, ...rest } = matrix
  const vectors = Object.entries(rest).map(([name, values]): [string, readonly Json[]] => {
    if (!Array.isArray(values)) throw pipelineFaults.bad_matrix({ what: `"${name}" has to be a list` })
    if (values.length === 0) throw pipelineFaults.bad_matrix({ what: `"${name}" has no values` })
    return [name, values as readonly Json[]]
  })
  const size = vectors.reduce((product, [, values]) => product * values.length, 1)
  if (size > MAX_MATRIX_JOBS * 16) throw tooMany(size)
  const excluded = filtersOf('exclude', exclude)
  const originals = crossProduct(vectors).filter((combination) => !excluded.some((filter) => matches(combination, filter)))
  const combinations = addIncludes(originals, filtersOf('include', include))
  if (combinations.length === 0) throw pipelineFaults.bad_matrix({ what: '"exclude" leaves no combination' })
  if (combinations.length > MAX_MATRIX_JOBS) throw tooMany(combinations.length)
  return combinations
}

/** `build (20, ubuntu)`: how GitHub names a job of a matrix that has no name of its own. */
export function matrixJobName(key: string, combination: JsonObject): string {
  const values = Object.values(combination).flatMap(leavesOf)
  return values.length === 0 ? key : `${key} (${values.join(', ')})`
}

function addIncludes(originals: JsonObject[], includes: JsonObject[]): JsonObject[] {
  const extended: Record<string, Json>[] = originals.map((original) => ({ ...original }))
  const added: JsonObject[] = []
  for (const include of includes) {
    let isUsed = false
    originals.forEach((original, index) => {
      const contradicts = Object.entries(include).some(([key, value]) => key in original && !isEqual(original[key] ?? null, value))
      // Without any vector there is nothing to extend: each include is a combination.
      if (contradicts || Object.keys(original).length === 0) return
      isUsed = true
      Object.assign(extended[index] as Record<string, Json>, include)
    })
    if (!isUsed) added.push(include)
  }
  return [...extended.filter((combination) => Object.keys(combination).length > 0), ...added]
}

function crossProduct(vectors: readonly [string, readonly Json[]][]): JsonObject[] {
  return vectors.reduce<JsonObject[]>(
    (combinations, [name, values]) => combinations.flatMap((combination) => values.map((value) => ({ ...combination, [name]: value }))),
    [{}],
  )
}

/** An exclusion may name a part of the keys, and a part of an object's members. */
function matches(value: Json, filter: Json): boolean {
  if (isObject(filter)) return isObject(value) && Object.entries(filter).every(([key, wanted]) => key in value && matches(value[key] ?? null, wanted))
  return isEqual(value, filter)
}

function filtersOf(name: string, value: Json | undefined): JsonObject[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || !value.every(isObject)) throw pipelineFaults.bad_matrix({ what: `"${name}" has to be a list of mappings` })
  return value
}

function leavesOf(value: Json): string[] {
  if (value === null) return []
  if (typeof value === 'object') return (Array.isArray(value) ? (value as readonly Json[]) : Object.values(value)).flatMap(leavesOf)
  return [String(value)]
}

function isEqual(a: Json, b: Json): boolean {
  return canonicalJson(a) === canonicalJson(b)
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function tooMany(count: number) {
  return pipelineFaults.bad_matrix({ what: `it makes ${count} jobs; at most ${MAX_MATRIX_JOBS} are allowed` })
}
