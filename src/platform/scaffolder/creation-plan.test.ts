import { describe, expect, it } from 'vitest'
import { parseSource } from '#kernel/common/document'
import type { JsonObject } from '#kernel/common/json'
import { builtInActions } from './actions/index.ts'
import { planCreation, planUndo } from './creation-plan.ts'
import { renderCreation, type Rendered } from './creation-render.ts'
import { readTemplate } from './template-document.ts'

const author = { ref: 'user:default/ana', name: 'Ana', email: 'ana@x' }
const publish = (id: string, name = id): string => `    - {id: ${id}, action: 'publish:fairway', input: {repoUrl: '?owner=acme&repo=${name}'}}\n`
const approval = "    - {id: agree, action: 'approval:wait', input: {groups: [payments], required: 2, message: Sure?}}\n"

async function rendered(steps: string): Promise<Rendered> {
  const text = `apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t, title: T}\nspec:\n  type: service\n  steps:\n    - {id: fetch, action: 'fetch:plain', input: {url: ./s}}\n${steps}`
  const document = parseSource('template.yaml', text).documents[0]
  const read = document && readTemplate(document)
  if (!document || !read?.template) throw new Error(JSON.stringify(read?.problems))
  const loaded = {
    template: read.template,
    entity: document.value as JsonObject,
    repository: 'fairway/golden-paths',
    commit: 'a'.repeat(40),
    version: '1',
    readFolder: async () => await Promise.resolve([{ path: 'a', content: Buffer.from('a'), isExecutable: false }]),
  }
  const library = { load: async () => await Promise.resolve(loaded) } as never
  return await renderCreation(
    { library, actions: builtInActions, repositoryUrl: (owner, name) => `http://x/git/${owner}/${name}.git` },
    { template: 't', values: {}, taskId: 'task-1' },
    author.ref,
  )
}
const input = { template: 'template:default/t', values: {}, taskId: 'task-1' }

describe('planCreation', () => {
  it('carries effects out in the order of the template, each after the one before', async () => {
    const plan = planCreation(await rendered(publish('one') + publish('two')), input, author)
    expect(plan.actions.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ['repository:acme/one', []],
      ['files:acme/one', ['repository:acme/one']],
      ['repository:acme/two', ['files:acme/one']],
      ['files:acme/two', ['repository:acme/two']],
    ])
    expect(plan.rollback.map(({ id, verb }) => [id, verb])).toEqual([
      ['repository:acme/one', 'destroy'],
      ['repository:acme/two', 'destroy'],
    ])
    expect(plan).toMatchObject({ unchanged: false, approval: null, summary: 'Create acme/one, acme/two with 2 files from "T"' })
  })

  it('asks people where the template says so, unless they have agreed in an earlier attempt', async () => {
    const run = await rendered(publish('one') + approval + publish('two'))
    expect(planCreation(run, input, author).gates).toEqual({
      'approval:agree': { required: 2, groups: ['group:default/payments'], separationOfDuties: true, reason: 'Sure?' },
    })
    expect(planCreation(run, input, author, new Set(['agree'])).gates).toBeUndefined()
  })

  it('undoes nothing by itself when what was made is kept, and all of it when it is asked to', async () => {
    const run = await rendered(publish('one'))
    expect(planCreation(run, { ...input, onFailure: 'keep' }, author).rollback).toEqual([])
    expect(planUndo(run, { ...input, onFailure: 'keep', purpose: 'undo' }, author).actions.map(({ id }) => id)).toEqual(['repository:acme/one'])
  })

  it('ends with going on where a step needs what an effect said, and lets nobody be asked after that', async () => {
    const needs = "    - {id: use, action: 'fs:rename', input: {files: [{from: a, to: '${{ steps.one.output.commitHash }}'}]}}\n"
    const plan = planCreation(await rendered(publish('one') + needs + publish('two')), input, author)
    expect(plan.actions.map(({ id }) => id)).toEqual(['repository:acme/one', 'files:acme/one', 'continue'])
    expect(plan.rollback[0]).toMatchObject({ id: 'continue', verb: 'destroy' })
    await expect(rendered(publish('one') + needs + approval).then((run) => planCreation(run, input, author))).rejects.toMatchObject({
      code: 'platform.scaffolder.step_failed',
    })
  })

  it('has nothing to apply for a template without effects', async () => {
    expect(planCreation(await rendered(''), input, author)).toMatchObject({ unchanged: true, actions: [], rollback: [] })
  })
})
