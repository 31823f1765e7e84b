import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertBranch, assertFilePath, assertRepositoryName, isGoodRefName, revisionsOf, splitRepository } from './git-names.ts'

const refused = { code: 'delivery.git_host.bad_name' }
const failureOf = (work: () => void): unknown => {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

describe('names', () => {
  it.each([
    ['acme', 'orders'],
    ['a', 'b'],
    ['acme-2', 'my_app.v2'],
  ])('takes %s/%s', (owner, name) => {
    expect(failureOf(() => assertRepositoryName(owner, name))).toBeUndefined()
  })

  it.each([
    ['..', 'x'],
    ['acme', '..'],
    ['acme', '.hidden'],
    ['acme', 'x.git'],
    ['acme', 'x..y'],
    ['acme', 'x/y'],
    ['-acme', 'x'],
    ['acme', '--upload-pack=id'],
    ['Acme', 'x'],
    ['acme', ''],
    ['', 'x'],
    ['acme', 'x\n'],
    ['acme', 'x\0'],
    ['acme', 'x.'],
    ['acme', 'x.lock'],
    ['a'.repeat(41), 'x'],
    ['acme', 'x'.repeat(101)],
    ['acmé', 'x'],
  ])('refuses %j / %j', (owner, name) => {
    expect(failureOf(() => assertRepositoryName(owner, name))).toMatchObject(refused)
  })

  it('splits OWNER/NAME and nothing else', () => {
    expect(splitRepository('acme/orders')).toEqual({ owner: 'acme', name: 'orders' })
    for (const text of ['acme', 'acme/orders/x', '/', 'acme/', '../etc']) expect(failureOf(() => splitRepository(text))).toMatchObject(refused)
  })

  it.each(['main', 'feature/login', 'v1.2.3', 'renovate/node-24.x'])('takes the branch %s', (branch) => {
    expect(failureOf(() => assertBranch(branch))).toBeUndefined()
  })

  it.each(['', '-x', 'a..b', 'a b', 'a~1', 'a^', 'a:b', 'HEAD', 'refs/heads/x', 'a/', 'a//b', '.a', 'a/.b', 'a.lock', 'a@{1}', '$(id)', 'a\n', 'f'.repeat(40)])(
    'refuses the branch %j',
    (branch) => {
      expect(failureOf(() => assertBranch(branch))).toMatchObject(refused)
    },
  )
})

describe('revisionsOf', () => {
  it('never lets an option, a range or an operator through', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const revision of revisionsOf(text)) expect(revision).toMatch(/^(?:[0-9a-f]{40}|HEAD|refs\/(?:heads|tags)\/[A-Za-z0-9][A-Za-z0-9._/+@=-]*)$/)
      }),
    )
    for (const text of ['--all', 'main..x', 'main^', 'main~3', ':/fix', 'refs/fairway/scratch/x', 'main@{1}']) expect(revisionsOf(text)).toEqual([])
  })

  it('tries a branch before a tag of the same name', () => {
    expect(revisionsOf('v1')).toEqual(['refs/heads/v1', 'refs/tags/v1'])
  })
})

describe('assertFilePath', () => {
  it.each(['a', 'src/server.js', '.github/workflows/ci.yml', 'a b/ü.txt', '.gitignore', 'git'])('takes %j', (path) => {
    expect(failureOf(() => assertFilePath(path))).toBeUndefined()
  })

  it.each([
    '',
    '/a',
    'a//b',
    '../a',
    'a/..',
    './a',
    '.git/config',
    'x/.GIT/hooks',
    '.git./x',
    'git~1/config',
    'a\\b',
    'a\nb',
    'a\0',
    'a/',
    '.gi\u200ct/config',
    '.git ',
  ])('refuses %j', (path) => {
    expect(failureOf(() => assertFilePath(path))).toMatchObject(refused)
  })
})

it('a good ref name is one for git too', () => {
  expect(isGoodRefName('feature/x')).toBe(true)
  expect(isGoodRefName('feature/x.lock')).toBe(false)
})
