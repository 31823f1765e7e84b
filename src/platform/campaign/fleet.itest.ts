import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { MemoryGitHost } from '#delivery/git-host'
import type { JsonObject } from '#kernel/common/json'
import type { StoredEntity } from '#platform/catalog'
import { recordCreation, type RenderAt } from '#platform/scaffolder'
import { listItems } from './campaign-store.ts'
import { createCampaigns } from './index.ts'

const CHILDREN = 500
const TEMPLATE = 'template:default/service'
const OLD = 'a'.repeat(40)
const NEW = 'b'.repeat(40)
const host = new MemoryGitHost()
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content)

/** What the template makes at each of its two commits. */
function filesAt(commit: string, name: string): Record<string, string> {
  const isNew = commit === NEW
  return {
    'catalog-info.yaml': `kind: Component\nmetadata:\n  name: ${name}\n  annotations:\n    fairway.dev/template: ${TEMPLATE}@${commit}\nspec: {}\n`,
    'src/server.js': `import http from 'node:http'\n\nconst port = 8080\n\n${isNew ? 'listen(port, { keepAlive: true })\n' : 'listen(port)\n'}\n// end\n`,
    'package.json': `{\n  "name": "${name}",\n  "version": "1.0.0",\n  "engines": { "node": ">=${isNew ? 24 : 20}" }\n}\n`,
    ...(isNew ? { 'docs/index.md': '# Docs\n' } : { Makefile: 'all:\n' }),
  }
}
const renderAt: RenderAt = async (templateRef, commit, values) => {
  const name = String((values as { name?: string }).name)
  const files = Object.entries(filesAt(commit, name)).map(([path, content]) => ({ path, content: bytes(content), isExecutable: false }))
  return {
    templateRef,
    templateCommit: commit,
    templateVersion: commit === NEW ? '2.0.0' : '1.0.0',
    repositories: [{ repository: `acme/${name}`, files }],
    isWhole: true,
  }
}
const catalog = {
  listByRefs: async (refs: readonly string[]): Promise<Map<string, StoredEntity>> => {
    const found = new Map<string, StoredEntity>()
    for (const ref of refs) {
      const name = ref.slice(ref.indexOf('/') + 1)
      const descriptor = text(await host.readFile({ owner: 'acme', name, ref: 'main', path: 'catalog-info.yaml' }))
      const annotation = /fairway\.dev\/template: (\S+)/.exec(descriptor)?.[1] ?? ''
      found.set(ref, {
        ref,
        entity: { apiVersion: 'x', kind: 'Component', metadata: { name, annotations: { 'fairway.dev/template': annotation } } },
      } as unknown as StoredEntity)
    }
    return found
  },
}

let database: TestDatabase
beforeAll(async () => (database = await createTestDatabase()))
afterAll(async () => await database[Symbol.asyncDispose]())

/** What people made of a child: lines of their own, somewhere; files deleted; files added. */
const edits = fc.array(
  fc.record({
    path: fc.constantFrom('src/server.js', 'package.json', 'catalog-info.yaml', 'Makefile', 'own.txt'),
    at: fc.nat(6),
    remove: fc.nat(1),
    kind: fc.constantFrom('edit', 'edit', 'edit', 'delete'),
  }),
  { maxLength: 3 },
)

it(`brings ${CHILDREN} repositories up to their template and loses no edit of any of them`, async () => {
  const { db } = database
  const campaigns = createCampaigns({
    db,
    catalog,
    renderAt,
    nameOf: async () => 'Olga',
    placeOf: async (repository) => ({ host, owner: 'acme', name: repository.slice(5) }),
    newest: async () => ({ ref: TEMPLATE, commit: NEW, version: '2.0.0' }),
    revisionAt: async (_template, commit) => commit,
  })
  const author = { name: 'Ana', email: 'ana@example.com' }
  const before = new Map<string, Map<string, string>>()
  for (const [index, list] of fc.sample(edits, { numRuns: CHILDREN, seed: 20_261_125 }).entries()) {
    const name = `child-${index}`
    const at = { owner: 'acme', name, branch: 'main', author, pusher: 'user:default/ana' }
    await host.createRepository({ owner: 'acme', name, createdBy: 'user:default/ana' })
    const files = filesAt(OLD, name)
    await host.commitFiles({ ...at, message: 'Create', files: Object.entries(files).map(([path, content]) => ({ path, content: bytes(content) })) })
    await db.transaction().execute(
      async (tx) =>
        await recordCreation(
          tx,
          {
            changeId: `chg_${index}`,
            taskId: null,
            templateRef: TEMPLATE,
            templateCommit: OLD,
            templateVersion: '1.0.0',
            parameters: { name } as JsonObject,
            pins: {},
            fillsDefaults: true,
            repository: `acme/${name}`,
            componentRef: `component:default/${name}`,
            createdBy: 'user:default/ana',
            createdAt: new Date(),
          },
          [],
        ),
    )
    const edited: Record<string, string | null> = {}
    for (const [count, edit] of list.entries()) {
      const lines = (edited[edit.path] ?? files[edit.path] ?? '').match(/[^\n]*\n/g) ?? []
      // A child stays a component: its descriptor is edited, never deleted, and keeps its first lines.
      const isDescriptor = edit.path === 'catalog-info.yaml'
      if (edit.kind === 'delete' && !isDescriptor) edited[edit.path] = null
      else
        edited[edit.path] = [...lines.slice(0, isDescriptor ? 6 : edit.at), `# mine ${count}\n`, ...lines.slice(isDescriptor ? 6 : edit.at + edit.remove)].join(
          '',
        )
    }
    const changed = Object.entries(edited)
    if (changed.length > 0)
      await host.commitFiles({ ...at, message: 'Mine', files: changed.map(([path, content]) => ({ path, content: content === null ? null : bytes(content) })) })
    before.set(name, await treeOf(name))
  }

  const plan = await campaigns.kind.plan({ template: TEMPLATE, toCommit: NEW }, { requestedBy: 'user:default/olga' })
  expect(plan.actions).toHaveLength(CHILDREN)
  const context = { key: '', signal: new AbortController().signal, outputs: {}, progress: () => undefined }
  for (const action of plan.actions) await campaigns.driver.apply(action, { ...context, key: `chg_campaign:${action.id}` })
  // A crash between two of them: done again, it opens nothing twice.
  for (const action of plan.actions.slice(0, 20)) await campaigns.driver.apply(action, { ...context, key: `chg_campaign:${action.id}` })
  const items = await listItems(db, 'chg_campaign')
  expect(items).toHaveLength(CHILDREN)
  expect(items.filter((item) => item.state === 'failed')).toEqual([])
  expect(items.filter((item) => item.state === 'open').length).toBeGreaterThan(CHILDREN / 4)

  for (const item of items) {
    const name = item.repository.slice(5)
    const { items: pulls } = await host.pullRequests.list({ owner: 'acme', name })
    expect(pulls.map((pull) => pull.number)).toEqual([1])
    await host.pullRequests.merge({ owner: 'acme', name, number: 1, actor: 'user:default/ana' })
    const [old, now] = [before.get(name) ?? new Map<string, string>(), await treeOf(name)]
    const conflicted = new Set(item.conflicts.map((conflict) => conflict.path))
    for (const [path, content] of old) {
      for (const line of content.split('\n').filter((candidate) => candidate.startsWith('# mine')))
        expect(now.get(path)?.split('\n'), `${name}/${path}`).toContain(line)
      const isLeft = conflicted.has(path) && path !== 'catalog-info.yaml'
      expect(isLeft ? now.get(path) : content, `${name}/${path}`).toBe(content)
    }
    // What its people have deleted stays deleted.
    expect(Object.keys(filesAt(OLD, name)).filter((path) => !old.has(path) && now.has(path))).toEqual([])
    expect(now.get('docs/index.md')).toBe('# Docs\n')
    expect(now.get('catalog-info.yaml')).toContain(`${TEMPLATE}@${NEW}`)
  }
  const again = await campaigns.kind.plan({ template: TEMPLATE, toCommit: NEW }, { requestedBy: 'user:default/olga' })
  expect(again.unchanged).toBe(true)
}, 120_000)

async function treeOf(name: string): Promise<Map<string, string>> {
  const at = { owner: 'acme', name, ref: 'main' }
  const files = new Map<string, string>()
  for (const entry of await host.listTree({ ...at, recursive: true }))
    if (entry.type === 'file') files.set(entry.path, text(await host.readFile({ ...at, path: entry.path })))
  return files
}
