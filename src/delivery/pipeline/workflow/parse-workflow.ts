import type { TemplateToken } from '@actions/workflow-parser/templates/tokens/template-token'
import type { MappingToken } from '@actions/workflow-parser/templates/tokens/mapping-token'
import { parseDocument } from 'yaml'
import type { FieldProblem } from '#kernel/common/fault'
import { loadGithubParser, type GithubParser } from './github-parser.ts'
import { readJob, readWorkflowHead, textOf } from './read-workflow.ts'
import { withoutEmptyInputs, withoutWholeExpressions } from './tolerate.ts'
import type { Triggers, Workflow } from './workflow.ts'

/** Larger files are refused: nobody reads them, and they cost memory at each start. */
const MAX_WORKFLOW_BYTES = 512 * 1024
/** At most this many alias expansions: a "billion laughs" file is refused, not expanded. */
const MAX_ALIASES = 100

/** A workflow, or everything that is wrong with its file. */
export type ParsedWorkflow = { workflow: Workflow; problems: [] } | { workflow: undefined; problems: FieldProblem[] }

/**
 * Reads a workflow file by GitHub's own parser and schema. Never throws for a wrong file: each problem names file, line, column and what is wrong.
 * @param file path in the repository, e.g. `.github/workflows/ci.yml`.
 */
export async function parseWorkflow(file: string, text: string): Promise<ParsedWorkflow> {
  if (Buffer.byteLength(text) > MAX_WORKFLOW_BYTES) return failed(file, `the file is larger than ${MAX_WORKFLOW_BYTES} bytes`)
  if (hasAliasBomb(text)) return failed(file, `the file repeats anchors more than ${MAX_ALIASES} times`)
  const github = await loadGithubParser()
  const context = new github.TemplateContext(new github.TemplateValidationErrors(), github.schema, new github.NoOperationTraceWriter())
  const problems = (): FieldProblem[] =>
    context.errors.getErrors().map((error) => ({
      field: '',
      message: error.rawMessage,
      file,
      line: error.range?.start.line ?? 1,
      column: error.range?.start.column ?? 1,
    }))
  context.state['featureFlags'] = new github.FeatureFlags()
  const fileId = context.getFileId(file)
  const reader = new github.WorkflowReader(fileId, text)
  for (const error of reader.errors) context.error(fileId, new Error(error.message), error.range)
  if (reader.errors.length > 0) return { workflow: undefined, problems: problems() }
  try {
    const root = github.readTemplate(context, 'workflow-root-strict', reader, fileId)
    if (context.errors.count > 0 || root === undefined) return problemsOrEmpty(file, problems())
    const workflow = convert(file, github, context, root)
    return context.errors.count > 0 ? { workflow: undefined, problems: problems() } : { workflow, problems: [] }
  } catch (error) {
    if (context.errors.count > 0) return { workflow: undefined, problems: problems() }
    return failed(file, error instanceof Error ? error.message : String(error))
  }
}

function convert(file: string, github: GithubParser, context: InstanceType<GithubParser['TemplateContext']>, root: TemplateToken): Workflow {
  const mapping: MappingToken = root.assertMapping('workflow')
  const on = mapping.find('on')
  const jobsToken = mapping.find('jobs')
  const events = on ? github.handleTemplateTokenErrors(root, context, {}, () => github.convertOn(context, withoutEmptyInputs(on)) as Triggers) : {}
  const converted = jobsToken ? github.handleTemplateTokenErrors(root, context, [], () => github.convertJobs(context, withoutWholeExpressions(jobsToken))) : []
  const concurrency = mapping.find('concurrency')
  if (concurrency) github.handleTemplateTokenErrors(concurrency, context, undefined, () => github.convertConcurrency(context, concurrency))
  const jobs = [...(jobsToken?.assertMapping('jobs') ?? [])].flatMap((pair) => {
    const job = converted.find((candidate) => candidate.id.value === pair.key.toString())
    return job ? [readJob(job, pair.value.assertMapping('job'))] : []
  })
  return { ...readWorkflowHead(file, mapping), on: withInputTypes(events, on), jobs }
}

/** GitHub's converter loses the type `number` of an input; it is read from the file itself. */
function withInputTypes(events: Triggers, on: TemplateToken | undefined): Triggers {
  for (const [name, input] of Object.entries(events.workflow_dispatch?.inputs ?? {})) {
    const token = on && find(on, 'workflow_dispatch', 'inputs', name)
    const type = token && textOf(find(token, 'type'))
    if (type === 'number') input.type = 'number'
    const fallback = token && find(token, 'default')
    if (type === 'number' && fallback) input.default = Number(textOf(fallback))
  }
  return events
}

function find(token: TemplateToken, ...keys: string[]): TemplateToken | undefined {
  let current: TemplateToken | undefined = token
  for (const key of keys) {
    if (current === undefined || !('find' in current)) return undefined
    current = (current as MappingToken).find(key)
  }
  return current
}

function hasAliasBomb(text: string): boolean {
  if (!/(^|[\s,[{])&[^\s]/.test(text)) return false
  try {
    parseDocument(text).toJS({ maxAliasCount: MAX_ALIASES })
    return false
  } catch (error) {
    return error instanceof ReferenceError && error.message.includes('Excessive alias count')
  }
}

function problemsOrEmpty(file: string, problems: FieldProblem[]): ParsedWorkflow {
  return problems.length > 0 ? { workflow: undefined, problems } : failed(file, 'the file is empty')
}

function failed(file: string, message: string): ParsedWorkflow {
  return { workflow: undefined, problems: [{ field: '', message, file, line: 1, column: 1 }] }
}
