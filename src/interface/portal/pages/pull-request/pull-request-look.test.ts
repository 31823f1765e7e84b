import { describe, expect, it } from 'vitest'
import type { PullRequestCheck, PullRequestComment } from '../../api/repository-queries.ts'
import { checksLook, verdictsOf } from './pull-request-look.ts'

const check = (state: PullRequestCheck['state'], conclusion: PullRequestCheck['conclusion']): PullRequestCheck => ({
  id: 'run_1',
  name: 'ci',
  event: 'push',
  startedAt: null,
  finishedAt: null,
  state,
  conclusion,
})
const said = (author: string, verdict: PullRequestComment['verdict'], headSha = 'new'): PullRequestComment => ({
  id: 'comment_1',
  body: '',
  createdAt: '2026-01-01T00:00:00.000Z',
  author,
  verdict,
  headSha,
})

describe('checksLook', () => {
  it.each([
    ['nothing', [], undefined],
    ['all passed', [check('completed', 'success'), check('completed', 'success')], 'Passed'],
    ['one still runs', [check('completed', 'success'), check('running', null)], 'Running'],
    ['one failed while another runs', [check('running', null), check('completed', 'failure')], 'Failed'],
  ] as const)('%s', (_, checks, word) => {
    expect(checksLook(checks)?.word).toBe(word)
  })
})

describe('verdictsOf', () => {
  it('takes the last word of each, and tells which were said of an older commit', () => {
    const comments = [said('ana', 'changes_requested', 'old'), said('ben', 'approved', 'old'), said('ana', null), said('ana', 'approved')]
    expect(verdictsOf(comments, 'new')).toEqual([
      { author: 'ana', verdict: 'approved', isOfHead: true },
      { author: 'ben', verdict: 'approved', isOfHead: false },
    ])
  })
})
