import { describe, expect, test } from 'vitest'
import { campaignSentence, childrenSentence, isProposable } from './campaign-look.ts'

const none = { total: 0, waiting: 0, upToDate: 0, open: 0, conflict: 0, merged: 0, closed: 0, failed: 0 }
const child = (isBehind: boolean, isEjected = false) => ({
  component: 'component:default/a',
  repository: 'acme/a',
  templateCommit: 'c',
  templateVersion: '1',
  isBehind,
  isEjected,
  createdBy: 'user:default/ana',
  pullRequest: null,
})

describe('sentences about campaigns', () => {
  test.each([
    [none, 'Nothing to propose'],
    [{ ...none, total: 5, merged: 2, upToDate: 1, open: 1, conflict: 1 }, '3 of 5 have it, 1 waiting for their owners, 1 to settle by hand'],
    [{ ...none, total: 3, waiting: 3 }, '0 of 3 have it, 3 not yet proposed'],
    [{ ...none, total: 2, closed: 1, failed: 1 }, '0 of 2 have it, 1 closed, 1 failed'],
  ])('%#', (counts, words) => {
    expect(campaignSentence(counts)).toBe(words)
  })

  test.each([
    [[], 'Nothing was made from it yet'],
    [[child(true), child(false)], '1 of 2 is behind'],
    [[child(true), child(true), child(true, true)], '2 of 2 are behind; 1 has left the golden path'],
    [[child(false)], 'The only one is up to date'],
    [[child(true, true)], 'The only one has left the golden path'],
  ])('%#: who left the golden path is not behind', (items, words) => {
    expect(childrenSentence({ items })).toBe(words)
  })

  test('only what is behind and follows is proposed to', () => {
    expect([child(true), child(false), child(true, true)].map(isProposable)).toEqual([true, false, false])
  })
})
