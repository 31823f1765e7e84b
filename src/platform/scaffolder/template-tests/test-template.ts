import { z } from 'zod'
import { checkDocument, pathText, type SourceDocument } from '#kernel/common/document'
import { isFault, type FieldProblem } from '#kernel/common/fault'
import type { JsonObject } from '#kernel/common/json'
import { builtInActions, type ScmHost, type TemplateFile } from '../actions/index.ts'
import { checkTemplate } from '../check-template.ts'
import { placeText } from '../creation-actions.ts'
import { runTemplate, type TemplateRun } from '../run-template.ts'
import { readTemplate, type Template } from '../template-document.ts'
import { exampleValues } from './example-values.ts'
import { expectationSchema, mismatchesOf, type MadeThings } from './expectation.ts'
import { openTemplateFolder, type TemplateFolder } from './template-folder.ts'

const testSchema = z.strictObject({
  /** What it guarantees, in words; the file's name unless told. */
  name: z.string().min(1).optional(),
  values: z.record(z.string(), z.json()).default({}),
  /** What effects say, by step: `publish: { commitHash: … }`. Steps that need what is not here, and all after them, are left away. */
  outputs: z.record(z.string(), z.record(z.string(), z.json())).default({}),
  /** Names of the secrets that come with the request. */
  secrets: z.array(z.string()).default([]),
  /** Who asks. */
  user: z.string().default('user:default/guest'),
  expect: expectationSchema.optional(),
  /** Part of the message that it must fail with, nothing made. */
  fails: z.string().min(1).optional(),
})

/** A template is tested as if every well-known host were configured. */
const KNOWN_HOSTS: readonly ScmHost[] = [
  { host: 'github.com', type: 'github', webUrl: 'https://github.com' },
  { host: 'gitlab.com', type: 'gitlab', webUrl: 'https://gitlab.com' },
  { host: 'dev.azure.com', type: 'azure', webUrl: 'https://dev.azure.com' },
  { host: 'codeberg.org', type: 'gitea', webUrl: 'https://codeberg.org' },
  { host: 'bitbucket.org', type: 'bitbucketCloud', webUrl: 'https://bitbucket.org' },
]

/** How one test went; without problems it passed. */
interface TemplateTestResult {
  name: string
  problems: FieldProblem[]
  fileCount: number
}

interface TemplateTestReport {
  /** Title of the template; empty when it can not be read. */
  title: string
  isGood: boolean
  /** Of the template itself, and of test files that can not be read. */
  problems: FieldProblem[]
  results: TemplateTestResult[]
}

/**
 * Tests a template offline: checks it, then runs each test of `tests/*.yaml` in memory. Without tests it is rendered once, with its own defaults and
 * examples. Nothing is published, nobody is asked. Never throws for what is in the folder.
 */
export async function testTemplate(folder: string): Promise<TemplateTestReport> {
  const opened = await openTemplateFolder(folder)
  const { document } = opened
  if (!document) return { title: '', isGood: false, problems: opened.problems, results: [] }
  const problems = [...opened.problems, ...checkTemplate(document)]
  const { template } = readTemplate(document)
  if (!template || problems.length > 0) return { title: template?.title ?? '', isGood: false, problems, results: [] }
  const results =
    opened.tests.length === 0
      ? [await tryExamples(opened, template, document)]
      : await inTurn(opened.tests, async (test) => await runTest(opened, template, test))
  return { title: template.title, isGood: results.every((result) => result.problems.length === 0), problems, results }
}

async function runTest(folder: TemplateFolder, template: Template, document: SourceDocument): Promise<TemplateTestResult> {
  const fallback =
    document.file
      .split('/')
      .at(-1)
      ?.replace(/\.ya?ml$/, '') ?? document.file
  const { value: test, problems } = checkDocument(document, testSchema)
  if (!test) return { name: fallback, problems, fileCount: 0 }
  const name = test.name ?? fallback
  const at = (path: (string | number)[], message: string): FieldProblem => ({ field: pathText(path), message, file: document.file, ...document.locate(path) })
  const ran = await attempt(folder, template, test)
  if ('failure' in ran) {
    if (test.fails !== undefined && ran.failure.some((problem) => textOf(problem).includes(test.fails ?? ''))) return { name, problems: [], fileCount: 0 }
    const wanted = test.fails === undefined ? '' : `it fails, but not with ${JSON.stringify(test.fails)}: `
    return { name, problems: ran.failure.map((problem) => at(test.fails === undefined ? ['values'] : ['fails'], `${wanted}${textOf(problem)}`)), fileCount: 0 }
  }
  const made = madeBy(ran.run)
  if (test.fails !== undefined)
    return { name, problems: [at(['fails'], `it does not fail; it makes ${made.files.length} files`)], fileCount: made.files.length }
  const mismatches = mismatchesOf(test.expect ?? {}, made)
  return { name, problems: mismatches.map(({ path, message }) => at(['expect', ...path], message)), fileCount: made.files.length }
}

/** A template without tests is rendered once, with what it says itself. */
async function tryExamples(folder: TemplateFolder, template: Template, document: SourceDocument): Promise<TemplateTestResult> {
  const name = 'renders with its defaults and examples'
  const { values, missing } = exampleValues(template.parameters)
  const place = { file: document.file, ...document.locate(['spec', 'parameters']) }
  if (missing.length > 0) {
    const message = 'no value can be made up to try it with: give it a default or examples, or write a test'
    return { name, problems: missing.map((field) => ({ field, message, ...place })), fileCount: 0 }
  }
  const ran = await attempt(folder, template, testSchema.parse({ values }))
  if ('run' in ran) return { name, problems: [], fileCount: madeBy(ran.run).files.length }
  const steps = { file: document.file, ...document.locate(['spec', 'steps']) }
  return { name, problems: ran.failure.map((problem) => (problem.file === undefined ? { ...problem, ...steps } : problem)), fileCount: 0 }
}

async function attempt(
  folder: TemplateFolder,
  template: Template,
  test: z.infer<typeof testSchema>,
): Promise<{ run: TemplateRun } | { failure: FieldProblem[] }> {
  try {
    const repositoryUrl = (owner: string, name: string): string => `http://fairway.invalid/git/${owner}/${name}.git`
    return {
      run: await runTemplate({
        template,
        values: test.values as JsonObject,
        actions: builtInActions,
        readFolder: folder.readFolder,
        repositoryUrl,
        user: test.user,
        secrets: test.secrets,
        resolved: test.outputs as Record<string, JsonObject>,
        hosts: { list: () => KNOWN_HOSTS },
      }),
    }
  } catch (error) {
    if (!isFault(error)) throw error
    return { failure: error.errors.length > 0 ? [...error.errors] : [{ field: '', message: error.message }] }
  }
}

/** The files of what is published, with the repository before them when there are several; of a template that publishes nothing, its workspace. */
function madeBy(run: TemplateRun): MadeThings {
  const published = run.effects.filter((effect) => effect.kind === 'repository')
  const registered = run.effects.filter((effect) => effect.kind === 'register')
  const files = published.flatMap((effect): TemplateFile[] =>
    effect.files.map((file) => (published.length === 1 ? file : { ...file, path: `${placeText(effect)}/${file.path}` })),
  )
  return {
    files: published.length > 0 ? files : run.workspace.below('').map(({ path, file }) => ({ path, ...file })),
    skipped: run.steps.filter((step) => step.isSkipped).map((step) => step.id),
    repositories: published.map(placeText),
    entities: registered.flatMap((effect) => effect.ref ?? []),
  }
}

function textOf(problem: FieldProblem): string {
  return problem.field === '' ? problem.message : `${problem.field}: ${problem.message}`
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}
