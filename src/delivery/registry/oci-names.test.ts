import { describe, expect, it } from 'vitest'
import { hexOf, isDigest, isTag, parseAddress } from './oci-names.ts'

const digest = `sha256:${'a'.repeat(64)}`

describe('parseAddress', () => {
  it.each([
    ['_catalog', { kind: 'catalog' }],
    [`acme/orders/blobs/${digest}`, { kind: 'blob', name: 'acme/orders', digest }],
    ['acme/orders/blobs/uploads/', { kind: 'uploads', name: 'acme/orders' }],
    ['acme/orders/blobs/uploads', { kind: 'uploads', name: 'acme/orders' }],
    ['acme/orders/blobs/uploads/u1', { kind: 'upload', name: 'acme/orders', id: 'u1' }],
    ['a/manifests/v1', { kind: 'manifest', name: 'a', reference: 'v1' }],
    ['a/b/c/tags/list', { kind: 'tags', name: 'a/b/c' }],
    [`a/referrers/${digest}`, { kind: 'referrers', name: 'a', digest }],
    [`manifests/blobs/${digest}`, { kind: 'blob', name: 'manifests', digest }],
    ['a/manifests/b/manifests/v1', { kind: 'manifest', name: 'a/manifests/b', reference: 'v1' }],
  ])('reads %s', (rest, expected) => {
    expect(parseAddress(rest)).toEqual(expected)
  })

  it.each(['', 'x', 'a/manifests', 'a/tags/list/x', 'a/manifests/v1/x'])('does not know %j', (rest) => {
    expect(parseAddress(rest)).toBeUndefined()
  })

  it.each(['../a', 'A', 'a//b', 'a/../b', '.a', 'a-', 'a/.hidden', `${'a/'.repeat(130)}a`])('refuses the name %j', (name) => {
    expect(() => parseAddress(`${name}/tags/list`)).toThrow('is no repository name')
  })
})

describe('digests and tags', () => {
  it.each(['sha256:abc', `sha512:${'a'.repeat(128)}`, `sha256:${'A'.repeat(64)}`, `sha256:${'a'.repeat(64)}/..`, ''])('refuses the digest %j', (text) => {
    expect(isDigest(text)).toBe(false)
    expect(() => hexOf(text)).toThrow('it must be "sha256:"')
  })

  it.each([
    ['v1', true],
    ['1.2.3-rc_1', true],
    ['', false],
    ['-x', false],
    ['a/b', false],
    ['a b', false],
    ['x'.repeat(129), false],
  ])('tag %j: %s', (text, isGood) => {
    expect(isTag(text)).toBe(isGood)
  })
})
