import { expect, it } from 'vitest'
import { parseSource, type SourceDocument } from '#kernel/common/document'
import { checkTemplate } from './check-template.ts'

const template = (action: string): SourceDocument =>
  parseSource(
    'a/template.yaml',
    `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: { name: a }
spec:
  type: service
  steps:
    - id: fetch
      action: ${action}
`,
  ).documents[0] as SourceDocument

it('names a step that no action carries out, with those that there are', () => {
  expect(checkTemplate(template('fetch:nothing'))).toMatchObject([
    { file: 'a/template.yaml', line: 8, field: 'spec.steps[0].action', message: expect.stringMatching(/fetch:nothing.*fetch:template/) as string },
  ])
  expect(checkTemplate(template('fetch:template'))).toEqual([])
})
