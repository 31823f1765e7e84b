import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'

const MAPPING = 2
const EXPRESSION = 3
const NULL = 7

interface SchemaDefinition {
  'one-of'?: string[]
  string?: { constant?: string }
  mapping?: { properties?: Record<string, unknown>; 'loose-value-type'?: string }
}

/**
 * GitHub itself accepts what the parser's published schema does not: the lone event `repository_dispatch` (its constant is mistyped there),
 * and inputs of `workflow_dispatch` that are left empty.
 */
export function mendSchema(text: string): string {
  const schema = JSON.parse(text) as { definitions: Record<string, SchemaDefinition> }
  const definitions = schema.definitions
  const dispatch = definitions['repository-dispatch-string']
  if (dispatch?.string) dispatch.string.constant = 'repository_dispatch'
  definitions['fairway-dispatch-inputs'] = { 'one-of': ['null', 'workflow-dispatch-inputs'] }
  definitions['fairway-dispatch-input'] = { 'one-of': ['null', 'workflow-dispatch-input'] }
  const mapping = definitions['workflow-dispatch-mapping']?.mapping
  if (mapping?.properties) mapping.properties['inputs'] = 'fairway-dispatch-inputs'
  const inputs = definitions['workflow-dispatch-inputs']?.mapping
  if (inputs) inputs['loose-value-type'] = 'fairway-dispatch-input'
  return JSON.stringify(schema)
}

/** `on` without the empty inputs that GitHub's converter can't take; an input that is only named becomes a string. */
export function withoutEmptyInputs(on: TemplateToken): TemplateToken {
  const copy = on.clone()
  const inputs = mappingAt(copy, 'workflow_dispatch', 'inputs')
  const dispatch = mappingAt(copy, 'workflow_dispatch')
  if (dispatch && !inputs) removeWhere(dispatch, (key, value) => key === 'inputs' && value.templateTokenType === NULL)
  if (inputs) {
    const empty = [...inputs].filter((pair) => pair.value.templateTokenType === NULL)
    removeWhere(inputs, (_key, value) => value.templateTokenType === NULL)
    for (const pair of empty) {
      const blank = inputs.clone() as MappingToken
      removeWhere(blank, () => true)
      inputs.add(pair.key, blank)
    }
  }
  return copy
}

/** `jobs` without the mappings that are one expression, e.g. `env: ${{ fromJSON(…) }}`: GitHub's converter can't take them, our runner can. */
export function withoutWholeExpressions(jobs: TemplateToken): TemplateToken {
  const copy = jobs.clone()
  if (copy.templateTokenType !== MAPPING) return copy
  const isWhole = (key: string, value: TemplateToken): boolean =>
    ['env', 'services', 'container', 'outputs'].includes(key) && value.templateTokenType === EXPRESSION
  for (const pair of copy as MappingToken) {
    if (pair.value.templateTokenType !== MAPPING) continue
    const job = pair.value as MappingToken
    removeWhere(job, isWhole)
    const steps = job.find('steps')
    if (steps && Symbol.iterator in steps)
      for (const step of steps as Iterable<TemplateToken>) if (step.templateTokenType === MAPPING) removeWhere(step as MappingToken, isWhole)
  }
  return copy
}

function mappingAt(token: TemplateToken, ...keys: string[]): MappingToken | undefined {
  let current: TemplateToken | undefined = token
  for (const key of keys) current = current?.templateTokenType === MAPPING ? (current as MappingToken).find(key) : undefined
  return current?.templateTokenType === MAPPING ? (current as MappingToken) : undefined
}

function removeWhere(mapping: MappingToken, matches: (key: string, value: TemplateToken) => boolean): void {
  for (let index = mapping.count - 1; index >= 0; index--) {
    const pair = mapping.get(index)
    if (matches(pair.key.toString(), pair.value)) mapping.remove(index)
  }
}
