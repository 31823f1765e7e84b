import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HostAddress } from './host-address.ts'
import { generatedName, listingsIn } from './location-entity.ts'
import type { Place } from './place.ts'
import { resolveTarget } from './resolve-target.ts'

const hosts: HostAddress[] = [{ name: 'github.com', type: 'github', url: 'https://github.com' }]
const inRepository: Place = { type: 'repository', host: 'github.com', repository: 'acme/orders', ref: null, path: 'catalog/all.yaml' }
const inFolder: Place = { type: 'folder', path: '/srv/catalog/all.yaml' }
const onTheWeb: Place = { type: 'http', url: 'https://example.org/catalog/all.yaml?token=1' }

describe('resolveTarget', () => {
  it.each<[Place, string, object]>([
    [inRepository, './a.yaml', { type: 'repository', path: 'catalog/a.yaml' }],
    [inRepository, 'a/b.yaml', { path: 'catalog/a/b.yaml' }],
    [inRepository, '../services/*/catalog-info.yaml', { path: 'services/*/catalog-info.yaml' }],
    [inRepository, '/a.yaml', { path: 'a.yaml' }],
    [inRepository, 'https://github.com/acme/x/blob/main/a.yaml', { type: 'unsettled', repository: 'acme/x', tail: 'main/a.yaml' }],
    [inRepository, 'https://example.org/a.yaml', { type: 'http', url: 'https://example.org/a.yaml' }],
    [inFolder, './a.yaml', { type: 'folder', path: '/srv/catalog/a.yaml' }],
    [inFolder, '/etc/a.yaml', { type: 'folder', path: '/etc/a.yaml' }],
    [inFolder, '../x/*.yaml', { type: 'folder', path: '/srv/x/*.yaml' }],
    [onTheWeb, './a.yaml', { type: 'http', url: 'https://example.org/catalog/a.yaml' }],
    [onTheWeb, '/a.yaml', { type: 'http', url: 'https://example.org/a.yaml' }],
  ])('from %o, %s', (base, target, expected) => {
    expect(resolveTarget(base, target, hosts)).toMatchObject(expected)
  })

  it.each<[Place, string, RegExp]>([
    [inRepository, '../../a.yaml', /leads out of the repository/],
    [inRepository, 'file:///etc/passwd', /only files of that machine/],
    [inRepository, '', /no path/],
    [inRepository, 'a\\b.yaml', /no path/],
    [inRepository, 'https://github.com/acme/x', /is no file/],
    [onTheWeb, '*.yaml', /glob/],
    [onTheWeb, 'javascript:alert(1)', /no path/],
    [onTheWeb, 'file:///etc/passwd', /only files of that machine/],
  ])('from %o, refuses %j', (base, target, problem) => {
    const found = resolveTarget(base, target, hosts)
    expect('problem' in found && found.problem).toMatch(problem)
  })

  it('never leaves the repository or the machine by a relative path, and never throws', () => {
    const piece = fc.oneof(fc.constantFrom('..', '.', '/', 'a', '*', '%2e%2e', '\\', '//', 'file:'), fc.string({ maxLength: 5 }))
    const run = fc.check(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.constantFrom(inRepository, inFolder, onTheWeb), (pieces, base) => {
        const found = resolveTarget(base, pieces.join(''), hosts)
        const path = 'problem' in found || !('path' in found) ? '' : found.path
        return !path.split('/').includes('..') && ('problem' in found || found.type !== 'folder' || base.type === 'folder')
      }),
      { numRuns: 2_000 },
    )
    expect(run.counterexample).toBeNull()
  })
})

describe('listingsIn', () => {
  it('reads target, targets and presence of every Location, and nothing else', () => {
    const text = [
      'kind: Component\nmetadata: {name: a}\nspec: {target: ./x}\n',
      'apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: All, namespace: Team}\nspec: {target: ./a.yaml, targets: [./b.yaml, ./a.yaml, 3], presence: optional}\n',
      'kind: "Location"\nmetadata: {name: empty}\n',
    ].join('---\n')
    expect(listingsIn('x.yaml', text)).toEqual([
      { ref: 'location:team/all', type: undefined, targets: ['./a.yaml', './b.yaml'], isRequired: false },
      { ref: 'location:default/empty', type: undefined, targets: [], isRequired: true },
    ])
  })

  it('says when a file can not be read, so that what it listed before stays', () => {
    expect(listingsIn('x.yaml', 'kind: Location\nmetadata: {name: a\n')).toBeUndefined()
  })

  it('reads JSON', () => {
    expect(listingsIn('x.json', '{"kind":"Location","metadata":{"name":"a"},"spec":{"targets":["./b"]}}')).toHaveLength(1)
  })
})

it('a registered location is named as Backstage names it', () => {
  expect(generatedName({ type: 'url', target: 'http://127.0.0.1:7717/catalog-info.yaml' })).toBe('generated-21a73c627847133bc3dbe00c4ac3262631f5207f')
})
