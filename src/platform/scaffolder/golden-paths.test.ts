import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseSource, problemText } from '#kernel/common/document'
import type { JsonObject } from '#kernel/common/json'
import { checkWorkflowFile } from '#delivery/pipeline'
import { parseOpenSlo, SloReader } from '#observability/slo'
import { checkEntity } from '#platform/catalog'
import { parseScore } from '#platform/deployment'
import { builtInActions, type TemplateFile } from './actions/index.ts'
import { checkTemplate } from './check-template.ts'
import { runTemplate } from './run-template.ts'
import { readTemplate } from './template-document.ts'
import { openTemplateFolder } from './template-tests/template-folder.ts'
import { testTemplate } from './template-tests/index.ts'

const ROOT = 'golden-paths'
/** Beside the templates: files that several of them take in. */
const SHARED = 'shared'
const names = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== SHARED)
  .map((entry) => entry.name)
/** They are used, not run: nothing says where they run or what they promise to answer. */
const USED_BY_OTHERS = new Set(['library', 'terraform-module'])

const VALUES = { name: 'orders', owner: 'group:default/payments', description: 'Takes "orders" & more: a test', system: 'shop' }

/** What the template makes of good values. */
async function madeBy(name: string): Promise<{ files: readonly TemplateFile[]; textOf: (file: string) => string | undefined }> {
  const folder = await openTemplateFolder(path.join(ROOT, name))
  const template = folder.document && readTemplate(folder.document).template
  if (!template) throw new Error(`${name} has no template that can be read`)
  const run = await runTemplate({
    template,
    values: VALUES as JsonObject,
    actions: builtInActions,
    readFolder: folder.readFolder,
    repositoryUrl: (owner, repository) => `http://fairway.invalid/git/${owner}/${repository}.git`,
    user: 'user:default/ana',
  })
  const published = run.effects.find((effect) => effect.kind === 'repository')
  const files = published?.kind === 'repository' ? published.files : []
  return {
    files,
    textOf: (file) => {
      const found = files.find((candidate) => candidate.path === file)
      return found && new TextDecoder().decode(found.content)
    },
  }
}

/** The part of https://containers.dev/implementors/json_reference that golden paths use; another key is a slip until it is added here. */
const devcontainerSchema = z.strictObject({
  name: z.string(),
  image: z.string().regex(/^[a-z0-9./-]+:[\w.-]+$/),
  features: z.record(z.string().regex(/^[a-z0-9./-]+:\d+$/), z.looseObject({})).optional(),
  containerEnv: z.record(z.string(), z.string()).optional(),
  forwardPorts: z.array(z.int()).optional(),
  postCreateCommand: z.string().optional(),
})

it('ships ten golden paths', () => expect(names).toHaveLength(10))

describe.each(names)('golden path %s', (name) => {
  it('is a good template, with a version, an owner, tags and tests that pass', async () => {
    const { document, tests, problems } = await openTemplateFolder(path.join(ROOT, name))
    expect(problems.map(problemText)).toEqual([])
    expect(document && checkTemplate(document).map(problemText)).toEqual([])
    expect(document?.value).toMatchObject({
      metadata: {
        name,
        annotations: { 'fairway.dev/version': expect.stringMatching(/^\d+\.\d+\.\d+$/) as string },
        tags: expect.arrayContaining([]) as string[],
      },
      spec: { owner: 'group:default/platform', output: { links: expect.arrayContaining([]) as object[] } },
    })
    expect(tests.length).toBeGreaterThanOrEqual(2)
    const report = await testTemplate(path.join(ROOT, name))
    expect(report.results.flatMap((result) => result.problems.map(problemText))).toEqual([])
    expect(report.isGood).toBe(true)
  })

  it('makes descriptors that the catalog takes, each with an owner', async () => {
    const { textOf } = await madeBy(name)
    const { documents, problems } = parseSource('catalog-info.yaml', textOf('catalog-info.yaml') ?? '')
    expect([...problems, ...documents.flatMap((document) => checkEntity(document).problems)].map(problemText)).toEqual([])
    for (const document of documents) expect(document.value).toMatchObject({ spec: { owner: VALUES.owner, system: 'shop', lifecycle: 'production' } })
    expect(documents[0]?.value).toMatchObject({
      kind: 'Component',
      metadata: {
        name: 'orders',
        description: VALUES.description,
        annotations: { 'fairway.dev/repository': 'acme/orders', 'backstage.io/techdocs-ref': 'dir:.' },
      },
    })
  })

  it('makes a workflow that runs on GitHub and on our own runner', async () => {
    const { files, textOf } = await madeBy(name)
    const workflows = files.filter((file) => file.path.startsWith('.github/workflows/')).map((file) => file.path)
    expect(workflows).toEqual(['.github/workflows/ci.yml'])
    const text = textOf('.github/workflows/ci.yml') ?? ''
    expect((await checkWorkflowFile('ci.yml', text)).map(problemText)).toEqual([])
    expect(text).toContain(USED_BY_OTHERS.has(name) ? 'name: package' : 'name: app')
  })

  it.runIf(USED_BY_OTHERS.has(name))('says nothing of running, as nothing of it does', async () => {
    const { textOf } = await madeBy(name)
    expect([textOf('score.yaml'), textOf('openslo.yaml')]).toEqual([undefined, undefined])
  })

  it.skipIf(USED_BY_OTHERS.has(name))('says how it runs and what it promises', async () => {
    const { textOf } = await madeBy(name)
    expect(parseScore('score.yaml', textOf('score.yaml') ?? '')).toMatchObject({
      problems: [],
      score: { metadata: { name: 'orders' }, containers: { main: { image: '.' } } },
    })
    const { objects, problems } = parseOpenSlo('openslo.yaml', textOf('openslo.yaml') ?? '')
    expect(problems.map(problemText)).toEqual([])
    for (const document of objects)
      expect(new SloReader().read({ document, component: 'orders', environment: 'dev' })).toMatchObject({ objective: { component: 'orders' } })
  })

  it('makes a workspace, docs and a README, and leaves no expression open', async () => {
    const { files, textOf } = await madeBy(name)
    expect(devcontainerSchema.safeParse(JSON.parse(textOf('.devcontainer/devcontainer.json') ?? 'null')).error).toBeUndefined()
    expect(parseSource('mkdocs.yml', textOf('mkdocs.yml') ?? '').documents[0]?.value).toMatchObject({
      site_name: 'orders',
      nav: expect.arrayContaining([]) as object[],
    })
    expect(textOf('README.md')).toMatch(/^# orders\n/)
    expect(textOf('docs/index.md')).toMatch(/^# orders\n/)
    const open = files.filter((file) => !file.path.startsWith('.github/') && new TextDecoder().decode(file.content).includes('${{'))
    expect(open.map((file) => file.path)).toEqual([])
  })
})
