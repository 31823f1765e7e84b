import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { isFault } from '#kernel/common/fault'
import { resolveInside, safePath, textOfFile, Workspace } from './workspace.ts'

const outcomeOf = (path: string): string => {
  try {
    return safePath(path)
  } catch (error) {
    if (isFault(error, 'platform.scaffolder.bad_path')) return ''
    throw error
  }
}
const file = { content: new Uint8Array([1]), isExecutable: false }

describe('paths', () => {
  it.each([
    '../x',
    'a/../../x',
    '/etc/passwd',
    'C:\\x',
    'a\\b',
    'a/\u0000b',
    '.git/config',
    'a/.GIT/hooks/pre-commit',
    '.git. /x',
    'git~1/x',
    '.g\u200cit/config',
    '..',
    'a/..',
    'x\n',
  ])('refuses %j', (path) => {
    expect(() => new Workspace().write(path, file)).toThrow(/leads out|is absolute|has a character|Git's own/)
  })

  it.each([
    ['a', 'a'],
    ['./a//b/.', 'a/b'],
    ['.gitignore', '.gitignore'],
    ['.github/workflows/ci.yml', '.github/workflows/ci.yml'],
    ['..a/b', '..a/b'],
  ])('%s is %s', (path, expected) => {
    expect(safePath(path)).toBe(expected)
  })

  it.each(['../../../x', '../../../../etc', 'http://169.254.169.254/', 'file:///etc', 'C:/x'])(
    'no address and nothing outside of the repository: %s',
    (url) => {
      expect(() => resolveInside('paths/node', url)).toThrow(/leads out|is an address/)
    },
  )

  it.each([
    ['./skeleton', 'paths/node/skeleton'],
    ['../shared', 'paths/shared'],
    ['.', 'paths/node'],
  ])('resolves %s to %s', (url, expected) => {
    expect(resolveInside('paths/node', url)).toBe(expected)
  })

  it('lets no path out, whatever it is made of', () => {
    const piece = fc.constantFrom('..', '.', '/', '\\', 'a', '.git', ' ', '%2e%2e', '\u0000', '~')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const safe = outcomeOf(pieces.join(''))
        expect(safe.split('/')).not.toContain('..')
        expect(safe.startsWith('/')).toBe(false)
        expect(safe).not.toContain('\\')
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('Workspace', () => {
  it('makes no file where a folder is, and no folder where a file is', () => {
    const workspace = new Workspace()
    workspace.write('a/b', file)
    expect(() => workspace.write('a', file)).toThrow('it is a folder')
    expect(() => workspace.write('a/b/c', file)).toThrow('"a/b" is a file')
  })

  it('removes folders whole', () => {
    const workspace = new Workspace()
    workspace.write('a/b', file)
    workspace.write('ab', file)
    expect(workspace.remove('a')).toBe(true)
    expect(workspace.below('').map(({ path }) => path)).toEqual(['ab'])
  })
})

describe('textOfFile', () => {
  it('tells text from the rest', () => {
    expect(textOfFile(Buffer.from('é'))).toBe('é')
    expect(textOfFile(new Uint8Array([0xff, 0xfe]))).toBeUndefined()
    expect(textOfFile(new Uint8Array([65, 0]))).toBeUndefined()
  })
})
