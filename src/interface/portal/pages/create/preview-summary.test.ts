import { expect, test } from 'vitest'
import { summaryOf } from './preview-summary.ts'

const file = (state: 'added' | 'altered' | 'unchanged' | 'removed') => ({
  path: state,
  content: '',
  isBinary: false,
  repository: '',
  state,
  before: null,
  patch: null,
})
const effect = { id: 'publish', kind: 'repository', title: 'Make acme/orders', target: 'acme/orders' }

test.each([
  [[file('added'), file('added')], [effect], 'Makes 2 files, does 1 thing outside.'],
  [[file('added'), file('altered'), file('unchanged'), file('removed')], [], 'Makes 1 file, alters 1, removes 1.'],
  [[file('unchanged')], [], 'Changes nothing in 0 steps.'],
])('%#: the sentence counts what would be done', (files, effects, words) => {
  expect(summaryOf({ files, effects, steps: [] })).toBe(`${words} Nothing is done before you create it.`)
})
