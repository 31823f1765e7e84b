import { describe, expect, it } from 'vitest'
import { passesPatterns } from './ref-pattern.ts'
import { decideTrigger, type TriggerEvent } from './trigger.ts'
import type { Triggers } from './workflow.ts'

// Rows of GitHub's "Filter pattern cheat sheet".
describe('passesPatterns', () => {
  it.each<[string, string[], boolean]>([
    ['feature/my-branch', ['feature/*'], true],
    ['feature/a/b', ['feature/*'], false],
    ['feature/beta-a/my-branch', ['feature/**'], true],
    ['main', ['*'], true],
    ['all/the/branches', ['*'], false],
    ['all/the/branches', ['**'], true],
    ['mona/feature', ['*feature'], false],
    ['mona-feature', ['*feature'], true],
    ['v1', ['v[12].[0-9]+.[0-9]+'], false],
    ['v1.10.1', ['v[12].[0-9]+.[0-9]+'], true],
    ['v3.10.1', ['v[12].[0-9]+.[0-9]+'], false],
    ['page.jsx', ['*.jsx?'], true],
    ['page.js', ['*.jsx?'], true],
    ['docs/a/b.js', ['**.js'], true],
    ['README.md', ['**/README.md'], true],
    ['js/README.md', ['**/README.md'], true],
    ['docs/hello.md', ['docs/*'], true],
    ['docs/a/hello.md', ['docs/*'], false],
    ['a/docs/hello.md', ['**/docs/**'], true],
    ['releases/10-alpha', ['releases/**', '!releases/**-alpha'], false],
    ['releases/10', ['releases/**', '!releases/**-alpha'], true],
    ['a.b', ['a?b'], false],
    ['(x)', ['(x)'], true],
  ])('%s in %j: %s', (name, patterns, expected) => expect(passesPatterns(name, patterns)).toBe(expected))
})

describe('decideTrigger', () => {
  const push = (ref: string, changedPaths?: string[]): TriggerEvent => ({ name: 'push', ref, ...(changedPaths ? { changedPaths } : {}) })

  it.each<[string, Triggers, TriggerEvent, string | true]>([
    ['any push', { push: {} }, push('refs/heads/x'), true],
    ['a tag too', { push: {} }, push('refs/tags/v1'), true],
    ['another event', { pull_request: {} }, push('refs/heads/x'), 'not started by "push"'],
    ['a branch that fits', { push: { branches: ['main'] } }, push('refs/heads/main'), true],
    ['a branch that does not', { push: { branches: ['main'] } }, push('refs/heads/dev'), 'matches none'],
    ['an ignored branch', { push: { 'branches-ignore': ['wip/**'] } }, push('refs/heads/wip/a'), 'is ignored'],
    ['branch filters shut tags out', { push: { branches: ['**'] } }, push('refs/tags/v1'), 'branches only'],
    ['tag filters shut branches out', { push: { tags: ['v*'] } }, push('refs/heads/main'), 'tags only'],
    ['a tag that fits', { push: { tags: ['v*'] } }, push('refs/tags/v1'), true],
    ['a path that fits', { push: { paths: ['src/**'] } }, push('refs/heads/m', ['src/a.ts', 'x']), true],
    ['no path that fits', { push: { paths: ['src/**'] } }, push('refs/heads/m', ['docs/a.md']), 'no changed file'],
    ['unknown paths pass', { push: { paths: ['src/**'] } }, push('refs/heads/m'), true],
    ['only ignored paths', { push: { 'paths-ignore': ['docs/**'] } }, push('refs/heads/m', ['docs/a.md']), 'ignores'],
    ['one path that is not ignored', { push: { 'paths-ignore': ['docs/**'] } }, push('refs/heads/m', ['docs/a.md', 'a']), true],
    ['paths are not asked for tags', { push: { tags: ['v*'], paths: ['src/**'] } }, push('refs/tags/v1', ['x']), true],
    ['an opened pull request', { pull_request: {} }, { name: 'pull_request', ref: 'refs/heads/main', activity: 'opened' }, true],
    ['a closed pull request', { pull_request: {} }, { name: 'pull_request', ref: 'refs/heads/main', activity: 'closed' }, 'not among its types'],
    ['closed, when asked for', { pull_request: { types: ['closed'] } }, { name: 'pull_request', ref: 'refs/heads/main', activity: 'closed' }, true],
  ])('%s', (_why, on, event, expected) => {
    const verdict = decideTrigger(on, event)
    expect(verdict.isTriggered || verdict.reason.includes(String(expected))).toBe(true)
    expect(verdict.isTriggered).toBe(expected === true)
  })
})
