import { describe, expect, it } from 'vitest'
import { assertForgeName, mirrorFolder, repositoryIdOf } from './forge-names.ts'

describe('a name on a foreign host', () => {
  it.each([
    ['acme', 'orders'],
    ['Acme-Corp', 'Orders.API'],
    ['acme/shop/backend', 'orders'],
    ['acme/Web Shop', 'Web Shop'],
    ['acme', '_internal'],
  ])('%s/%s', (owner, name) => expect(() => assertForgeName({ owner, name })).not.toThrow())

  it.each([
    ['', 'x'],
    ['acme', ''],
    ['acme//x', 'x'],
    ['..', 'x'],
    ['acme/../x', 'x'],
    ['acme', '..'],
    ['acme', 'a/b'],
    ['-acme', 'x'],
    ['acme', '--upload-pack=id'],
    ['acme', 'x.git'],
    ['acme', 'a\nb'],
    ['acme', 'a?b'],
    ['acme', 'a%2fb'],
    ['acme@evil', 'x'],
  ])('is refused: %j/%j', (owner, name) =>
    expect(() => assertForgeName({ owner, name })).toThrow(expect.objectContaining({ code: 'delivery.git_host.bad_name' }) as Error),
  )
})

it('a mirror has a folder of its own, the same in whatever case', () => {
  expect(mirrorFolder({ owner: 'Acme', name: 'Orders' })).toBe(mirrorFolder({ owner: 'acme', name: 'orders' }))
  expect(mirrorFolder({ owner: 'a-b', name: 'c' })).not.toBe(mirrorFolder({ owner: 'a', name: 'b-c' }))
  expect(mirrorFolder({ owner: 'acme/../../etc', name: 'x' })).toMatch(/^[a-z0-9-]+\.git$/)
})

it('a repository has an id that stays', () => {
  expect(repositoryIdOf('github.com', '7')).toBe(repositoryIdOf('github.com', '7'))
  expect(repositoryIdOf('github.com', '7')).not.toBe(repositoryIdOf('gitlab.com', '7'))
})
