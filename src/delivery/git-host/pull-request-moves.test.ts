import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ZERO_SHA } from './git-names.ts'
import { pullRequestSteps, type Move, type MovingPullRequest } from './pull-request-moves.ts'

const pull: MovingPullRequest = { number: 1, state: 'open', sourceBranch: 'topic', targetBranch: 'main', headSha: 't1', attempts: [] }
const move = (branch: string, before: string, after: string): Move => ({ ref: `refs/heads/${branch}`, before, after, pusher: 'ana' })
/** Commit -> all that it has in its history. */
const history: Record<string, string> = {
  m1: 'm1',
  m2: 'm2 m1',
  t1: 't1 m1',
  t2: 't2 t1 m1',
  mergeOfT1: 'mergeOfT1 t1 m1',
  mergeOfT2: 'mergeOfT2 t2 t1 m1',
  squash: 'squash m1',
}
const contains = async (commit: string, of: string): Promise<boolean> => (history[of] ?? '').split(' ').includes(commit)
const attempt = { mergeSha: 'squash', headSha: 't1', actor: 'ben' }

describe('pullRequestSteps', () => {
  it.each<[string, Partial<MovingPullRequest>, Move[], string[]]>([
    ['a push to another branch means nothing', {}, [move('other', 'm1', 'm2')], []],
    ['a tag of the name of its branch means nothing', {}, [{ ...move('topic', 't1', 't2'), ref: 'refs/tags/topic' }], []],
    ['its head follows its branch, several pushes at once', {}, [move('topic', 't1', 'x'), move('topic', 'x', 't2')], ['moved t2']],
    ['a push to the target without its commits means nothing', {}, [move('main', 'm1', 'm2')], []],
    ['its commits in the target merge it', {}, [move('main', 'm1', 'mergeOfT1')], ['merged t1 as mergeOfT1']],
    ['head and target in one push: the head first', {}, [move('main', 'm1', 'mergeOfT2'), move('topic', 't1', 't2')], ['moved t2', 'merged t2 as mergeOfT2']],
    ['a head set back to what the target had is no merge', { headSha: 'm1' }, [move('main', 'm1', 'm2')], []],
    ['a squash is known by the merge that was begun', { attempts: [attempt] }, [move('main', 'm1', 'squash')], ['merged t1 as squash']],
    [
      'a merge that was begun counts though it was closed meanwhile',
      { state: 'closed', attempts: [attempt] },
      [move('main', 'm1', 'squash')],
      ['merged t1 as squash'],
    ],
    ['a closed one is not merged by others', { state: 'closed' }, [move('main', 'm1', 'mergeOfT1')], []],
    ['a closed one does not follow its branch', { state: 'closed', attempts: [attempt] }, [move('topic', 't1', 't2')], []],
    ['its branch deleted closes it', {}, [move('topic', 't1', ZERO_SHA)], ['closed']],
    ['its branch deleted and pushed again does not', {}, [move('topic', 't1', ZERO_SHA), move('topic', ZERO_SHA, 't2')], ['moved t2']],
    ['the target deleted closes it', {}, [move('main', 'm1', ZERO_SHA)], ['closed']],
    ['merged, then its branch deleted: merged', {}, [move('main', 'm1', 'mergeOfT1'), move('topic', 't1', ZERO_SHA)], ['merged t1 as mergeOfT1']],
  ])('%s', async (_, over, moves, expected) => {
    const steps = await pullRequestSteps({ ...pull, ...over }, moves, contains)
    expect(
      steps.map((step) => `${step.kind}${step.kind === 'closed' ? '' : ` ${step.headSha}`}${step.kind === 'merged' ? ` as ${step.mergeSha}` : ''}`),
    ).toEqual(expected)
  })

  it('ends at most once, and with its last step, whatever is pushed', async () => {
    const sha = fc.constantFrom('m1', 'm2', 't1', 't2', 'mergeOfT1', 'mergeOfT2', 'squash', ZERO_SHA)
    const pushed = fc.array(
      fc.tuple(fc.constantFrom('main', 'topic'), sha, sha).map((of) => move(...of)),
      { maxLength: 5 },
    )
    await fc.assert(
      fc.asyncProperty(pushed, fc.boolean(), async (moves, isBegun) => {
        const steps = await pullRequestSteps({ ...pull, attempts: isBegun ? [attempt] : [] }, moves, contains)
        expect(steps.slice(0, -1).every((step) => step.kind === 'moved')).toBe(true)
      }),
    )
  })
})
