import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testTemplate } from './test-template.ts'

const TEMPLATE = `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: tiny, title: Tiny}
spec:
  type: service
  parameters:
    - required: [name, port]
      properties:
        name: {type: string, pattern: '^[a-z]+$'}
        port: {type: integer, minimum: 1024}
        hasDocs: {type: boolean, default: true}
  steps:
    - {id: fetch, action: 'fetch:template', input: {url: ./skeleton, values: {name: '\${{ parameters.name }}', port: '\${{ parameters.port }}'}}}
    - {id: docs, if: '\${{ parameters.hasDocs }}', action: 'fetch:plain', input: {url: ./docs, targetPath: docs}}
    - {id: publish, action: 'publish:fairway', input: {repoUrl: '?owner=acme&repo=\${{ parameters.name }}'}}
`
let root: string
let counter = 0

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'template-tests-'))
})
afterAll(async () => await rm(root, { recursive: true, force: true }))

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = path.join(root, `t${++counter}`)
  const all = { 'template.yaml': TEMPLATE, 'skeleton/${{ values.name }}.txt': 'port ${{ values.port }}', 'docs/index.md': '# Docs', ...files }
  for (const [name, text] of Object.entries(all)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
  return folder
}

describe('testTemplate', () => {
  it('runs every test of the folder and names it', async () => {
    const folder = await folderOf({
      'tests/plain.yaml':
        'name: makes its file\nvalues: {name: orders, port: 8080}\nexpect:\n  files: [orders.txt, docs/index.md]\n  only: true\n  contains: {orders.txt: port 8080}\n  repositories: [acme/orders]\n',
      'tests/wrong.yaml':
        'values: {name: Orders}\nfails: "values.port: is needed"\n---\nvalues: {name: orders, port: 8080, hasDocs: false}\nexpect: {skipped: [docs], absent: [docs/**]}\n',
    })
    expect(await testTemplate(folder)).toEqual({
      title: 'Tiny',
      isGood: true,
      problems: [],
      results: [
        { name: 'makes its file', problems: [], fileCount: 2 },
        { name: 'wrong', problems: [], fileCount: 0 },
        { name: 'wrong', problems: [], fileCount: 1 },
      ],
    })
  })

  it('leads each difference to its line in the test', async () => {
    const folder = await folderOf({ 'tests/a.yaml': 'values: {name: orders, port: 8080}\nexpect:\n  files:\n    - orders.txt\n    - README.md\n' })
    const report = await testTemplate(folder)
    expect(report.isGood).toBe(false)
    expect(report.results[0]?.problems).toEqual([
      { field: 'expect.files[1]', message: 'there is no "README.md"', file: path.join(folder, 'tests/a.yaml'), line: 5, column: 7 },
    ])
  })

  it.each([
    ['a failure that nobody asked for', 'values: {name: Orders, port: 8080}\n', 'values.name: must look like ^[a-z]+$'],
    ['another failure than asked for', 'values: {name: Orders, port: 8080}\nfails: too late\n', 'it fails, but not with "too late"'],
    ['no failure where one was asked for', 'values: {name: orders, port: 8080}\nfails: anything\n', 'it does not fail'],
    ['a misspelt test', 'value: {}\n', 'there is no such field here'],
  ])('tells %s', async (_what, test, message) => {
    const report = await testTemplate(await folderOf({ 'tests/a.yaml': test }))
    expect(report.isGood).toBe(false)
    expect(report.results[0]?.problems[0]?.message).toContain(message)
  })

  it('without tests tries values of its own making', async () => {
    expect(await testTemplate(await folderOf({}))).toMatchObject({ isGood: true, results: [{ name: 'renders with its defaults and examples', fileCount: 2 }] })
  })

  it('asks for an example where none can be made up', async () => {
    const report = await testTemplate(await folderOf({ 'template.yaml': TEMPLATE.replace('^[a-z]+$', '^x{40}y$') }))
    expect(report).toMatchObject({ isGood: false, results: [{ problems: [{ field: 'values.name', line: 6 }] }] })
  })

  it('tells what is wrong with the template itself, and that there is none', async () => {
    const wrong = await testTemplate(await folderOf({ 'template.yaml': TEMPLATE.replace('publish:fairway', 'publish:nowhere') }))
    expect(wrong).toMatchObject({ isGood: false, results: [], problems: [{ field: 'spec.steps[2].action', line: 15 }] })
    expect(await testTemplate(path.join(root, 'absent'))).toMatchObject({ isGood: false, problems: [{ line: 1 }] })
  })

  it('takes what effects say from the test, and knows the hosts of others', async () => {
    const template = TEMPLATE.replace(
      /    - \{id: publish.*\n/,
      `    - {id: publish, action: 'publish:github', input: {repoUrl: 'github.com?owner=acme&repo=\${{ parameters.name }}'}}
    - {id: note, action: 'fetch:template', input: {url: ./note, targetPath: note, values: {sha: '\${{ steps.publish.output.commitHash }}'}}}
    - {id: second, action: 'publish:fairway', input: {repoUrl: '?owner=acme&repo=second', sourcePath: note}}
`,
    )
    const test =
      'values: {name: orders, port: 8080}\noutputs: {publish: {commitHash: abc}}\nexpect:\n  repositories: [github.com/acme/orders, acme/second]\n  contains: {acme/second/a.txt: after abc}\n'
    const folder = await folderOf({ 'template.yaml': template, 'note/a.txt': 'after ${{ values.sha }}', 'tests/a.yaml': test })
    expect(await testTemplate(folder)).toMatchObject({ isGood: true, results: [{ problems: [] }] })
  })

  it('follows no link and reads nothing outside of the repository', async () => {
    const linked = await folderOf({})
    await symlink('/etc/passwd', path.join(linked, 'docs', 'passwd'))
    expect((await testTemplate(linked)).results[0]?.problems[0]?.message).toContain('is a link')
    const climbing = await testTemplate(await folderOf({ 'template.yaml': TEMPLATE.replace('./docs', '../../../etc') }))
    expect(climbing.results[0]?.problems[0]?.message).toContain('leads out of the repository')
  })
})
