import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseSource, problemText } from '#kernel/common/document'
import { checkEntity } from './entity-check.ts'

const check = (text: string): ReturnType<typeof checkEntity> => {
  const document = parseSource('catalog-info.yaml', text).documents[0]
  if (!document) throw new Error('no document')
  return checkEntity(document)
}

describe('checkEntity', () => {
  it('fills the namespace, and drops what only the catalog may say', () => {
    const verdict = check(`
apiVersion: backstage.io/v1alpha1
kind: System
metadata: { name: Shop, uid: x, etag: y }
spec: { owner: payments }
`)
    expect(verdict).toEqual({
      ref: 'system:default/shop',
      problems: [],
      entity: { apiVersion: 'backstage.io/v1alpha1', kind: 'System', metadata: { name: 'Shop', namespace: 'default' }, spec: { owner: 'payments' } },
    })
  })

  it.each([
    ['kind: X\nmetadata: {name: a}', 'catalog-info.yaml:1:1: apiVersion: give a text here'],
    ['apiVersion: a/v1\nkind: X\nmetadata: {name: a}', 'catalog-info.yaml:2:1: kind: there is no kind "X" in a/v1'],
    [
      'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: -a\nspec: {owner: x}',
      'catalog-info.yaml:4:3: metadata.name: use letters and digits',
    ],
    ['apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: a\nspec: {}', 'catalog-info.yaml:5:1: spec.owner: give a text here'],
    [
      'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a}\nspec: {owner: x}\nowner: x',
      'catalog-info.yaml:5:1: owner: "owner" can not stand here',
    ],
    [
      'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a, links: [{url: "javascript:alert(1)"}]}\nspec: {owner: x}',
      'metadata.links[0].url: links start with https:',
    ],
    [
      'apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec: {type: openapi, lifecycle: production, owner: x}',
      'catalog-info.yaml:4:1: spec.definition: give a text here, or a placeholder',
    ],
    [
      'apiVersion: backstage.io/v1alpha1\nkind: AiResource\nmetadata: {name: a}\nspec: {type: rule, lifecycle: production, owner: x}',
      'spec.rationale: give a text here: a rule has a category and a rationale',
    ],
    [
      'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a}\nspec: {owner: x}\nrelations: [{type: memberOf, targetRef: "group:default/admins"}]',
      'catalog-info.yaml:5:1: relations: "relations" is made by the catalog: leave it out',
    ],
    ['apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a, annotations: {x: 1}}\nspec: {owner: x}', 'metadata.annotations.x: give a text here'],
  ])('names file, line, field and what would be right: %j', (text, message) => {
    expect(check(text).problems.map(problemText).join('\n')).toContain(message)
  })

  it.each([
    'apiVersion: fairway.dev/v1\nkind: Environment\nmetadata: {name: dev}\nspec: {order: 1}',
    'apiVersion: backstage.io/v1alpha1\nkind: AiResource\nmetadata: {name: a}\nspec: {type: rule, lifecycle: production, owner: x, category: naming, rationale: so}',
    'apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec: {type: mcp-server, lifecycle: production, owner: x, remotes: [{type: sse, url: "https://x"}]}',
    'apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: availability, labels: {team: [a, b]}}\nspec: {}',
    'apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\nspec: {type: service, steps: [{action: debug:log}]}',
  ])('accepts our kinds beside Backstage: %j', (text) => {
    expect(check(text).problems).toEqual([])
  })
})

/** What Backstage has by a module on top of the catalog that gave the verdicts: `AiResource`, and APIs of type `mcp-server`. */
const MODULE_VERDICTS = [/^no processor recognises kind AiResource/, /^\/spec must have required property 'definition'/]

const corpus = path.resolve('..', 'shared', 'corpus')

describe.skipIf(!existsSync(corpus)).each(['backstage-catalog', 'backstage-templates'])('%s of the corpus', (name) => {
  const folder = path.join(corpus, name)
  const { documents } = existsSync(folder)
    ? (JSON.parse(readFileSync(path.join(folder, 'verdicts.json'), 'utf8')) as {
        documents: { file: string; document: number; ref: string; verdict: string }[]
      })
    : { documents: [] }

  it.each(documents)('$file #$document: Backstage and we agree', ({ file, document, ref, verdict }) => {
    const source = parseSource(file, readFileSync(path.join(folder, file), 'utf8')).documents[document]
    expect(source).toBeDefined()
    if (!source) return
    const own = checkEntity(source)
    expect({ isGood: own.problems.length === 0, problems: own.problems.map(problemText) }).toMatchObject({
      isGood: verdict === 'ok' || MODULE_VERDICTS.some((pattern) => pattern.test(verdict)),
    })
    expect(own.ref).toBe(ref.toLowerCase())
  })
})
