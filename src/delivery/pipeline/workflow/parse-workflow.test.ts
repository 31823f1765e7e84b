import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { evaluateText } from '../expression/evaluate-template.ts'
import { ExpressionEvaluator } from '../expression/expression.ts'
import { loadGithubExpressions } from '../expression/github-expressions.ts'
import { parseWorkflow } from './parse-workflow.ts'

const corpus = path.resolve('../shared/corpus')

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.ya?ml$/.test(file) && !/(^|\/)action\.ya?ml$/.test(file))
  return files.filter((file) => /^["']?on["']?\s*:/m.test(readFileSync(path.join(folder, file), 'utf8'))).map((file) => path.join(folder, file))
}

/** `$cron-daily` is a placeholder of the starter workflows, no cron line. */
const placeholders = new Set(['docker-publish.yml'])

describe.skipIf(!existsSync(corpus))('real workflow files', () => {
  const folders = { 'github-workflows': 190, 'github-workflows-lint-ok': 80, 'github-starter-workflows': 79 }

  it.each(Object.entries(folders))('all of %s parse (%i or more)', async (folder, atLeast) => {
    const files = filesBelow(path.join(corpus, folder)).filter((file) => !placeholders.has(path.basename(file)))
    expect(files.length).toBeGreaterThanOrEqual(atLeast)
    for (const file of files) {
      const { workflow, problems } = await parseWorkflow(path.basename(file), readFileSync(file, 'utf8'))
      expect({ file, problems }).toEqual({ file, problems: [] })
      expect(workflow?.jobs.length).toBeGreaterThan(0)
    }
  })
})

const cases = path.join(corpus, 'github-workflow-parser-cases/actions+languageservices/workflow-parser/testdata/reader')
/** What GitHub's TypeScript parser itself leaves out: reusable workflows of other files, limits, syntax of newer schemas. */
const notInParser =
  /reusable-workflow|max-depth|max-job-limit|anchor-tag|parse-float|background-steps|yaml-schema-(sequence|str-flow)|matrix-empty-vector|step-uses-syntax/

describe.skipIf(!existsSync(cases))("GitHub's own table of parser cases", () => {
  const files = existsSync(cases) ? readdirSync(cases).filter((file) => !notInParser.test(file)) : []

  it('has the cases that we claim', () => expect(files.length).toBeGreaterThan(50))

  it.each(files)('%s', async (file) => {
    const parts = readFileSync(path.join(cases, file), 'utf8').split(/^---\s*$/m)
    const expected = JSON.parse(parts.pop() ?? '') as { errors?: { Message: string }[] }
    const text = parts.find((part) => /^\s*["']?(on|name|jobs|description)["']?\s*:/m.test(part) && /jobs/.test(part)) ?? parts.at(-1) ?? ''
    const { problems } = await parseWorkflow(`.github/workflows/${file}`, text)
    expect(problems.length > 0).toBe((expected.errors?.length ?? 0) > 0)
  })
})

describe('parseWorkflow', () => {
  const job = 'jobs:\n  a:\n    runs-on: x\n    steps:\n'

  it.each([
    ['an unknown key', `on: push\n${job}      - run: echo\n        runn: x\n`, 7, 9, "Unexpected value 'runn'"],
    ['a wrong expression', `on: push\n${job}      - run: \${{ github. }}\n`, 6, 14, "Unexpected symbol: 'EOF'"],
    ['a context that is not known there', `on: push\n${job}      - run: \${{ nope.x }}\n`, 6, 14, "Unrecognized named-value: 'nope'"],
    [
      'a job that is not there',
      `on: push\njobs:\n  b: {runs-on: x, steps: [{run: e}]}\n  a:\n    needs: c\n    runs-on: x\n    steps: [{run: e}]\n`,
      5,
      12,
      "unknown job 'c'",
    ],
    ['broken YAML', 'on: push\njobs: {a\n', 3, 1, 'Flow map'],
    ['no trigger', `jobs:\n  a: {runs-on: x, steps: [{run: e}]}\n`, 1, 1, 'Required property is missing: on'],
    ['an empty file', '', 1, 1, 'Expected a scalar value'],
  ])('names file, line and column of %s', async (_why, text, line, column, message) => {
    const { problems } = await parseWorkflow('.github/workflows/ci.yml', text)
    expect(problems[0]).toMatchObject({ file: '.github/workflows/ci.yml', line, column, message: expect.stringContaining(message) as string })
  })

  it('refuses a bomb of aliases and a file that is too large', async () => {
    const bomb = Array.from({ length: 9 }, (_, i) => `x${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1},`.repeat(9)}]`).join('\n')
    expect((await parseWorkflow('a.yml', `on: push\n${bomb}\n${job}      - run: e\n`)).problems[0]?.message).toContain('anchors')
    expect((await parseWorkflow('a.yml', `on: push\n${job}      - run: ${'e'.repeat(600_000)}\n`)).problems[0]?.message).toContain('larger')
  })

  it('puts success() in where a condition asks for no status', async () => {
    const { workflow } = await parseWorkflow(
      'a.yml',
      `on: push\n${job}      - run: e\n        if: github.ref == 'x'\n      - run: e\n        if: always()\n      - run: e\n`,
    )
    expect(workflow?.jobs[0]?.steps.map((step) => step.if)).toEqual(["success() && (github.ref == 'x')", 'always()', 'success()'])
  })

  it('keeps inputs of workflow_dispatch with their types', async () => {
    const inputs = '    inputs:\n      n: {type: number, default: 3}\n      b: {type: boolean}\n      plain:\n'
    const { workflow } = await parseWorkflow('a.yml', `on:\n  workflow_dispatch:\n${inputs}${job}      - run: e\n`)
    expect(workflow?.on.workflow_dispatch?.inputs).toMatchObject({ n: { type: 'number', default: 3 }, b: { type: 'boolean' }, plain: { type: 'string' } })
  })

  it('keeps a script of several lines as it is written, around its expressions', async () => {
    const script = "        run: |\n          cat <<'EOF'\n          it's {x} ${{ github.sha }}\n            'indented'\n          EOF\n".replaceAll('\\$', '$')
    const { workflow } = await parseWorkflow('a.yml', `on: push\n${job}      - name: x\n${script}`)
    const evaluator = new ExpressionEvaluator(await loadGithubExpressions())
    const text = evaluateText(evaluator, workflow?.jobs[0]?.steps[0]?.run, { contexts: { github: { sha: 'abc' } } })
    expect(text).toBe("cat <<'EOF'\nit's {x} abc\n  'indented'\nEOF\n")
  })
})
