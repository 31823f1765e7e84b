import type { BasicExpressionToken } from '@actions/workflow-parser/templates/tokens/basic-expression-token'
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token'
import type { SequenceToken } from '@actions/workflow-parser/templates/tokens/sequence-token'
import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import type { WorkflowJob as GithubJob } from '@actions/workflow-parser/model/workflow-template'
import type { Json } from '#kernel/common/json'
import type { Position, Template, TemplateEntry } from './template.ts'
import type { Concurrency, RunDefaults, Workflow, WorkflowJob, WorkflowStep } from './workflow.ts'

/** Numbers of GitHub's `TokenType`; the enum itself would load the package. */
const SEQUENCE = 1
const MAPPING = 2
const EXPRESSION = 3
const INSERT = 4

/** A token of GitHub's parser as our template. */
function templateOf(token: TemplateToken): Template {
  const at = positionOf(token)
  switch (token.templateTokenType) {
    case SEQUENCE:
      return { kind: 'sequence', items: [...(token as SequenceToken)].map(templateOf), at }
    case MAPPING:
      return { kind: 'mapping', entries: [...(token as MappingToken)].map(entryOf), at }
    case EXPRESSION:
      return { kind: 'expression', text: (token as BasicExpressionToken).expression, at }
    default:
      return { kind: 'literal', value: token.toJSON() as string | number | boolean | null, at }
  }
}

function entryOf(pair: { key: TemplateToken; value: TemplateToken }): TemplateEntry {
  return { key: pair.key.templateTokenType === INSERT ? 'insert' : templateOf(pair.key), value: templateOf(pair.value) }
}

/** All of a workflow but its triggers and jobs. */
export function readWorkflowHead(file: string, root: MappingToken): Omit<Workflow, 'on' | 'jobs'> {
  return {
    file,
    name: textOf(root.find('name')) || file,
    runName: optional(root, 'run-name'),
    env: optional(root, 'env'),
    defaults: defaultsOf(root),
    concurrency: concurrencyOf(root),
    permissions: jsonOf(optional(root, 'permissions')),
  }
}

/** A job: its conditions from GitHub's converter, which puts `success()` in where no status is asked for; the rest from the file. */
export function readJob(job: GithubJob, token: MappingToken): WorkflowJob {
  const strategy = optionalMapping(token, 'strategy')
  const uses = token.find('uses')
  const steps = token.find('steps')
  const converted = 'steps' in job ? job.steps : []
  return {
    key: job.id.value,
    name: optional(token, 'name'),
    needs: (job.needs ?? []).map((need) => need.value),
    if: job.if?.expression ?? 'success()',
    env: optional(token, 'env'),
    defaults: defaultsOf(token),
    runsOn: optional(token, 'runs-on'),
    matrix: strategy && optional(strategy, 'matrix'),
    failFast: strategy && optional(strategy, 'fail-fast'),
    maxParallel: strategy && optional(strategy, 'max-parallel'),
    outputs: optional(token, 'outputs'),
    timeoutMinutes: optional(token, 'timeout-minutes'),
    continueOnError: optional(token, 'continue-on-error'),
    concurrency: concurrencyOf(token),
    environment: optional(token, 'environment'),
    container: optional(token, 'container'),
    services: optional(token, 'services'),
    uses: uses && { reference: textOf(uses), at: positionOf(uses) },
    steps: steps ? [...(steps as SequenceToken)].map((item, index) => readStep(converted[index], item as MappingToken)) : [],
    at: positionOf(job.id),
  }
}

function readStep(converted: { id: string; if?: { expression: string } } | undefined, token: MappingToken): WorkflowStep {
  const uses = token.find('uses')
  return {
    id: converted?.id ?? '',
    name: optional(token, 'name'),
    if: converted?.if?.expression ?? 'success()',
    env: optional(token, 'env'),
    continueOnError: optional(token, 'continue-on-error'),
    timeoutMinutes: optional(token, 'timeout-minutes'),
    run: optional(token, 'run'),
    uses: uses && { reference: textOf(uses), at: positionOf(uses) },
    with: optional(token, 'with'),
    shell: optional(token, 'shell'),
    workingDirectory: optional(token, 'working-directory'),
    at: positionOf(token),
  }
}

function defaultsOf(token: MappingToken): RunDefaults {
  const defaults = optionalMapping(token, 'defaults')
  const run = defaults && optionalMapping(defaults, 'run')
  const shell = run && optional(run, 'shell')
  const workingDirectory = run && optional(run, 'working-directory')
  return { ...(shell ? { shell } : {}), ...(workingDirectory ? { workingDirectory } : {}) }
}

function concurrencyOf(token: MappingToken): Concurrency | undefined {
  const found = token.find('concurrency')
  if (!found) return undefined
  const at = positionOf(found)
  if (found.templateTokenType !== MAPPING) return { group: templateOf(found), cancelInProgress: undefined, at }
  const group = optional(found as MappingToken, 'group')
  return group && { group, cancelInProgress: optional(found as MappingToken, 'cancel-in-progress'), at }
}

function optional(token: MappingToken, key: string): Template | undefined {
  const found = token.find(key)
  return found && templateOf(found)
}

function optionalMapping(token: MappingToken, key: string): MappingToken | undefined {
  const found = token.find(key)
  return found?.templateTokenType === MAPPING ? (found as MappingToken) : undefined
}

function positionOf(token: TemplateToken): Position {
  return { line: token.range?.start.line ?? 1, column: token.range?.start.column ?? 1 }
}

function jsonOf(template: Template | undefined): Json | undefined {
  if (template === undefined) return undefined
  switch (template.kind) {
    case 'literal':
      return template.value
    case 'expression':
      return `\${{ ${template.text} }}`
    case 'sequence':
      return template.items.map((item) => jsonOf(item) ?? null)
    default:
      return Object.fromEntries(template.entries.map((entry) => [entry.key === 'insert' ? 'insert' : keyOf(entry.key), jsonOf(entry.value) ?? null]))
  }
}

function keyOf(key: Template): string {
  return key.kind === 'literal' ? String(key.value) : JSON.stringify(jsonOf(key))
}

/** The text of a token that the schema says is one. */
export function textOf(token: TemplateToken | undefined): string {
  return token === undefined ? '' : String((token as { value?: string | number | boolean }).value ?? '')
}
