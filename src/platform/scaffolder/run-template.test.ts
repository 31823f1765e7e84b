import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { parseSource } from '#kernel/common/document'
import type { JsonObject } from '#kernel/common/json'
import { checkEntity } from '#platform/catalog'
import { builtInActions, type TemplateFile } from './actions/index.ts'
import { runTemplate, type TemplateRun } from './run-template.ts'
import { readTemplate, type Template } from './template-document.ts'
import { resolveInside } from './workspace.ts'

const templateOf = (text: string): Template => {
  const document = parseSource('template.yaml', text).documents[0]
  const read = document && readTemplate(document)
  if (!read?.template) throw new Error(JSON.stringify(read?.problems))
  return read.template
}
const run = async (text: string, values: JsonObject, files: Record<string, string> = {}): Promise<TemplateRun> =>
  await runTemplate({
    template: templateOf(text),
    values,
    actions: builtInActions,
    user: 'user:default/ana',
    repositoryUrl: (owner, name) => `http://fairway.test/git/${owner}/${name}.git`,
    readFolder: async (url) => {
      const folder = resolveInside('t', url)
      return Object.entries(files)
        .filter(([file]) => file.startsWith(`${folder}/`))
        .map(([file, content]) => ({ path: file.slice(folder.length + 1), content: Buffer.from(content), isExecutable: false }))
    },
  })
const texts = (result: TemplateRun): Record<string, string> =>
  Object.fromEntries(result.workspace.below('').map((item) => [item.path, Buffer.from(item.file.content).toString()]))
const template = (steps: string, parameters = '{}'): string =>
  `apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\nspec:\n  type: service\n  parameters: ${parameters}\n  steps:\n${steps.replaceAll(/^/gm, '    ')}\n`

describe('runTemplate', () => {
  it('fills names and contents, and leaves alone what it is told to', async () => {
    const steps = `- id: f
  action: fetch:template
  input:
    url: ./skeleton
    copyWithoutTemplating: ['.github/**']
    values: {name: '\${{ parameters.name }}', on: '\${{ parameters.on }}'}`
    const result = await run(
      template(steps),
      { name: 'orders', on: false },
      {
        't/skeleton/${{ values.name }}.txt': 'I am ${{ values.name }}',
        't/skeleton/{% if values.on %}gone.txt{% endif %}': 'x',
        't/skeleton/.github/ci.yml': '${{ github.ref }}',
        't/other/x': 'not fetched',
      },
    )
    expect(texts(result)).toEqual({ 'orders.txt': 'I am orders', '.github/ci.yml': '${{ github.ref }}' })
  })

  it('names every unknown action before anything starts', async () => {
    const steps = '- {id: a, action: "debug:log", input: {message: started}}\n- {id: b, action: "x:y"}\n- {id: c, action: "cnoe:z"}'
    await expect(run(template(steps), {})).rejects.toMatchObject({
      code: 'platform.scaffolder.unknown_action',
      message: expect.stringContaining('"x:y", "cnoe:z"') as string,
    })
  })

  it('tells every wrong value by its field, and fills in defaults', async () => {
    const parameters =
      '[{required: [name], properties: {name: {title: Name, type: string, pattern: "^[a-z]+$"}}}, {properties: {size: {type: number, default: 3}}}]'
    await expect(run(template('- {id: a, action: "debug:log"}', parameters), { size: 'x' })).rejects.toMatchObject({
      code: 'platform.scaffolder.values_invalid',
      errors: [
        { field: 'values.name', message: 'Name: is needed' },
        { field: 'values.size', message: 'must be number' },
      ],
    })
    const result = await run(template('- {id: a, action: "debug:log", input: {message: "${{ parameters.size + 1 }}"}}', parameters), { name: 'a' })
    expect(result.values).toEqual({ name: 'a', size: 3 })
    expect(result.steps[0]?.input).toEqual({ message: 4 })
  })

  it('skips by if, repeats by each, and hands outputs on', async () => {
    const steps = `- {id: a, action: "debug:log", if: "\${{ parameters.no }}", input: {message: never}}
- {id: b, action: "debug:log", each: "\${{ parameters.list }}", input: {message: "\${{ each.key }}=\${{ each.value }}"}}
- {id: w, action: "catalog:write", input: {entity: {kind: X}}}
- {id: p, action: "publish:github", input: {repoUrl: "github.com?owner=acme&repo=orders"}}
- {id: o, action: "debug:log", input: {message: "\${{ steps.p.output.remoteUrl }} \${{ steps['p'].output.repository }} \${{ user.ref }}"}}`
    const result = await run(template(steps), { no: false, list: ['x', 'y'] })
    expect(result.log).toEqual(['0=x', '1=y', 'http://fairway.test/git/acme/orders.git acme/orders user:default/ana'])
    expect(result.steps.map((step) => step.isSkipped)).toEqual([true, false, false, false, false, false])
    expect(result.effects).toMatchObject([{ kind: 'repository', owner: 'acme', name: 'orders', defaultBranch: 'main' }])
  })

  it.each([
    ['a folder outside', '{id: a, action: "fetch:plain", input: {url: "../../x"}}'],
    ['an address', '{id: a, action: "fetch:plain", input: {url: "http://169.254.169.254/latest"}}'],
    ['a target outside', '{id: a, action: "fetch:plain", input: {url: "./s", targetPath: "../x"}}'],
    ['a file outside by rename', '{id: a, action: "fs:rename", input: {files: [{from: "a", to: "../b"}]}}'],
    ['a delete outside', '{id: a, action: "fs:delete", input: {files: ["../../*"]}}'],
    ['a write outside', '{id: a, action: "catalog:write", input: {filePath: "/etc/x", entity: {}}}'],
    ['a source outside', '{id: a, action: "publish:fairway", input: {repoUrl: "?owner=a&repo=b", sourcePath: "../.."}}'],
    ['an option for a repository', '{id: a, action: "publish:fairway", input: {repoUrl: "?owner=--upload-pack&repo=x"}}'],
    ['a repository outside', '{id: a, action: "publish:fairway", input: {repoUrl: "?owner=..&repo=x"}}'],
  ])('refuses %s', async (_what, step) => {
    await expect(run(template(`- ${step}`), {}, { 't/s/a': 'x' })).rejects.toMatchObject({ code: 'platform.scaffolder.step_failed' })
  })

  it('refuses a name that climbs out by its values', async () => {
    const step = `- {id: a, action: "fetch:template", input: {url: "./s", values: {n: "\${{ parameters.n }}"}}}`
    for (const n of ['../../x', '.git', 'a/../../b'])
      await expect(run(template(step), { n }, { 't/s/${{ values.n }}/f': 'x' })).rejects.toMatchObject({ code: 'platform.scaffolder.step_failed' })
  })

  it('leaves a file away whose name begins with nothing', async () => {
    const step = `- {id: a, action: "fetch:template", input: {url: "./s", values: {n: "\${{ parameters.n }}"}}}`
    for (const n of ['', '/etc/x']) expect(texts(await run(template(step), { n }, { 't/s/${{ values.n }}/f': 'x' }))).toEqual({})
  })

  it('moves and deletes', async () => {
    const steps = `- {id: a, action: "fetch:plain", input: {url: "./s"}}
- {id: b, action: "fs:rename", input: {files: [{from: d, to: e}]}}
- {id: c, action: "fs:delete", input: {files: ["*.tmp"]}}`
    expect(Object.keys(texts(await run(template(steps), {}, { 't/s/d/x': '1', 't/s/y.tmp': '2', 't/s/z': '3' })))).toEqual(['e/x', 'z'])
  })
})

describe('the golden path', () => {
  const root = 'golden-paths/node-service-postgres'
  const walk = (folder: string): TemplateFile[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => statSync(path.join(folder, file)).isFile())
      .map((file) => ({ path: file.replaceAll('\\', '/'), content: readFileSync(path.join(folder, file)), isExecutable: false }))
  const create = async (values: JsonObject): Promise<TemplateRun> =>
    await runTemplate({
      template: templateOf(readFileSync(`${root}/template.yaml`, 'utf8')),
      values,
      actions: builtInActions,
      user: 'user:default/ana',
      repositoryUrl: (owner, name) => `http://fairway.test/git/${owner}/${name}.git`,
      readFolder: async (url) => walk(path.join(root, url)),
    })

  it('makes a service whose files are all good', async () => {
    const result = await create({ name: 'orders', owner: 'group:default/payments', description: 'Says "hello": to all', system: 'shop' })
    const files = texts(result)
    expect(JSON.parse(files['package.json'] ?? '')).toMatchObject({ name: 'orders', description: 'Says "hello": to all' })
    expect(JSON.parse(files['package-lock.json'] ?? '')).toMatchObject({ name: 'orders' })
    expect(Object.values(files).filter((text) => text.includes('values.'))).toEqual([])
    const yaml = Object.entries(files).filter(([file]) => /\.ya?ml$/.test(file))
    expect(yaml.flatMap(([, text]) => parseDocument(text).errors)).toEqual([])
    for (const file of ['catalog-info.yaml', 'openslo.yaml'])
      for (const document of parseSource(file, files[file] ?? '').documents) expect(checkEntity(document).problems).toEqual([])
    expect(files['.github/workflows/ci.yml']).toContain('${{ github.ref }}')
    expect(result.output).toEqual({
      links: [
        { title: 'Repository', url: 'http://fairway.test/git/acme/orders.git' },
        { title: 'Open in the catalog', icon: 'catalog', entityRef: 'component:default/orders' },
      ],
    })
  })

  it.each(['Orders', '-x', 'a b', '../x', 'x'.repeat(41), '${{ 7*7 }}'])('does not take the name %j', async (name) => {
    await expect(create({ name, owner: 'payments' })).rejects.toMatchObject({ code: 'platform.scaffolder.values_invalid', errors: [{ field: 'values.name' }] })
  })

  it('needs no system', async () => {
    expect(texts(await create({ name: 'orders', owner: 'payments' }))['catalog-info.yaml']).not.toContain('system')
  })
})
