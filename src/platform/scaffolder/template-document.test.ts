import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseSource, problemText } from '#kernel/common/document'
import { readTemplate } from './template-document.ts'

const read = (text: string): ReturnType<typeof readTemplate> => {
  const document = parseSource('template.yaml', text).documents[0]
  if (!document) throw new Error('no document')
  return readTemplate(document)
}
const head = 'apiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: t}\n'

describe('readTemplate', () => {
  it('fills in what may be left out', () => {
    expect(read(`${head}spec: {type: service, parameters: {properties: {}}, steps: [{action: "debug:log"}]}`).template).toMatchObject({
      ref: 'template:default/t',
      title: 't',
      parameters: [{ properties: {} }],
      steps: [{ id: 'step-1', name: 'debug:log', action: 'debug:log', input: {} }],
    })
  })

  it.each([
    [`${head}spec:\n  type: service\n  steps:\n    - id: a\n      name: x`, 'template.yaml:7:7: spec.steps[0].action: give a text here'],
    [
      `${head}spec:\n  type: service\n  steps:\n    - {id: a, action: x}\n    - {id: a, action: y}`,
      'template.yaml:8:8: spec.steps[1].id: two steps are called "a"',
    ],
    [
      `${head}spec:\n  type: service\n  steps:\n    - id: a\n      action: x\n      input:\n        v: \${{ parameters.x | }}`,
      'template.yaml:10:9: spec.steps[0].input.v: expression:1:',
    ],
    [
      `${head}spec:\n  type: service\n  steps: []\n  parameters:\n    - properties: {a: {type: text}}`,
      'template.yaml:8:7: spec.parameters[0]: this is no JSON Schema',
    ],
    ['apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a}\nspec: {owner: x}', 'kind: this is a System'],
  ])('names file, line and field: %j', (text, message) => {
    expect(read(text).problems.map(problemText).join('\n')).toContain(message)
  })
})

const folder = path.resolve('..', 'shared', 'corpus', 'backstage-templates')

describe.skipIf(!existsSync(folder))('templates of the corpus', () => {
  const { documents } = existsSync(folder)
    ? (JSON.parse(readFileSync(path.join(folder, 'verdicts.json'), 'utf8')) as { documents: { file: string; document: number; verdict: string }[] })
    : { documents: [] }
  it.each(documents)('$file #$document', ({ file, document, verdict }) => {
    const source = parseSource(file, readFileSync(path.join(folder, file), 'utf8')).documents[document]
    const problems = source ? readTemplate(source).problems.map(problemText) : ['there is no such document']
    expect({ problems, verdict }).toEqual({ problems: [], verdict: 'ok' })
  })
})

describe('golden paths', () => {
  it('are valid', () => {
    const file = 'golden-paths/node-service-postgres/template.yaml'
    expect(read(readFileSync(file, 'utf8')).problems).toEqual([])
  })
})
