import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editUrl, fileUrl, folderUrl, hostOf, readHostUrl, type HostAddress } from './host-address.ts'
import { parseTarget, tailSplits } from './location-target.ts'

const hosts: HostAddress[] = [
  { name: '', type: 'built-in', url: 'http://127.0.0.1:7007' },
  { name: 'github.com', type: 'github', url: 'https://github.com' },
  { name: 'gitlab.corp.example', type: 'gitlab', url: 'https://gitlab.corp.example' },
  { name: 'dev.azure.com', type: 'azure', url: 'https://dev.azure.com' },
  { name: 'git.corp.example/gitea', type: 'gitea', url: 'https://git.corp.example/gitea' },
]
const file = (host: string, repository: string, tail: string): object => ({ kind: 'url', address: { type: 'unsettled', host, repository, tail } })
const git = (host: string, repository: string, more: object = {}): object => ({ kind: 'git', host, repository, tail: null, ...more })

describe('parseTarget', () => {
  it.each<[string, object]>([
    ['https://example.org/a/catalog-info.yaml', { kind: 'url', address: { type: 'http', url: 'https://example.org/a/catalog-info.yaml' } }],
    ['url:https://example.org/a.yaml', { kind: 'url', address: { type: 'http', url: 'https://example.org/a.yaml' } }],
    ['https://github.com/acme/orders/blob/main/catalog-info.yaml', file('github.com', 'acme/orders', 'main/catalog-info.yaml')],
    ['https://github.com/acme/orders/blob/feature/x/a/b.yaml', file('github.com', 'acme/orders', 'feature/x/a/b.yaml')],
    ['https://raw.githubusercontent.com/acme/orders/main/a.yaml', file('github.com', 'acme/orders', 'main/a.yaml')],
    ['https://raw.githubusercontent.com/acme/orders/refs/heads/main/a.yaml', file('github.com', 'acme/orders', 'main/a.yaml')],
    ['https://github.com/acme/orders/raw/refs/heads/main/a.yaml', file('github.com', 'acme/orders', 'main/a.yaml')],
    ['https://github.com/acme/orders', git('github.com', 'acme/orders', { globs: ['catalog-info.yaml', 'catalog-info.yml', 'openslo.yaml'] })],
    ['https://github.com/acme/orders.git', git('github.com', 'acme/orders')],
    ['git@github.com:acme/orders.git', git('github.com', 'acme/orders')],
    ['ssh://git@github.com/acme/orders.git', git('github.com', 'acme/orders')],
    ['https://github.com/acme/orders?path=services/*/catalog-info.yaml', git('github.com', 'acme/orders', { globs: ['services/*/catalog-info.yaml'] })],
    ['https://github.com/acme/orders/tree/main/services', git('github.com', 'acme/orders', { tail: 'main/services' })],
    ['https://github.com/acme/', { kind: 'organisation', host: 'github.com', organisation: 'acme' }],
    ['https://github.com/orgs/acme/repositories', { kind: 'organisation', host: 'github.com', organisation: 'acme' }],
    ['https://gitlab.corp.example/a/b/c/-/blob/main/x.yaml', file('gitlab.corp.example', 'a/b/c', 'main/x.yaml')],
    ['https://gitlab.corp.example/a/b/blob/main/x.yaml', file('gitlab.corp.example', 'a/b', 'main/x.yaml')],
    ['https://gitlab.corp.example/a/b', git('gitlab.corp.example', 'a/b', { mayBeGroup: true })],
    ['https://gitlab.corp.example/groups/a/b', { kind: 'organisation', host: 'gitlab.corp.example', organisation: 'a/b' }],
    ['https://gitlab.corp.example/a', { kind: 'organisation', host: 'gitlab.corp.example', organisation: 'a' }],
    ['https://dev.azure.com/acme/shop/_git/orders?path=/catalog-info.yaml&version=GBmain', file('dev.azure.com', 'acme/shop/orders', 'main/catalog-info.yaml')],
    ['https://dev.azure.com/acme/shop/_git/orders?path=/catalog-info.yaml', file('dev.azure.com', 'acme/shop/orders', 'HEAD/catalog-info.yaml')],
    ['https://acme@dev.azure.com/acme/shop/_git/orders', git('dev.azure.com', 'acme/shop/orders')],
    ['https://dev.azure.com/acme/_git/orders', git('dev.azure.com', 'acme/orders/orders')],
    ['https://acme.visualstudio.com/shop/_git/orders', git('dev.azure.com', 'acme/shop/orders')],
    ['git@ssh.dev.azure.com:v3/acme/shop/orders', git('dev.azure.com', 'acme/shop/orders')],
    ['https://dev.azure.com/acme/shop', { kind: 'organisation', host: 'dev.azure.com', organisation: 'acme/shop' }],
    ['https://git.corp.example/gitea/acme/orders/src/branch/main/a.yaml', file('git.corp.example/gitea', 'acme/orders', 'main/a.yaml')],
    ['https://git.corp.example/gitea/acme/orders/raw/branch/main/a.yaml', file('git.corp.example/gitea', 'acme/orders', 'main/a.yaml')],
    ['https://git.corp.example/gitea/acme', { kind: 'organisation', host: 'git.corp.example/gitea', organisation: 'acme' }],
    ['http://127.0.0.1:7007/repositories/acme/orders/blob/main/catalog-info.yaml', file('', 'acme/orders', 'main/catalog-info.yaml')],
    ['http://127.0.0.1:7007/git/acme/orders.git', git('', 'acme/orders')],
    ['/srv/catalog', { kind: 'file', path: '/srv/catalog' }],
    ['/srv/catalog/', { kind: 'file', path: '/srv/catalog' }],
    ['file:///srv/catalog/**/*.yaml', { kind: 'file', path: '/srv/catalog/**/*.yaml' }],
    ['file:/srv/catalog', { kind: 'file', path: '/srv/catalog' }],
  ])('understands %s', (target, expected) => {
    expect(parseTarget(target, hosts)).toMatchObject(expected)
  })

  it.each([
    ['', /empty/],
    ['catalog', /neither an address nor a whole path/],
    ['./a.yaml', /neither/],
    ['/srv/../etc/passwd', /\.\./],
    ['/', /whole machine/],
    ['/*/x.yaml', /whole machine/],
    ['ftp://example.org/a.yaml', /"ftp:"/],
    ['https://', /no address/],
    ['https://ana:secret@example.org/a.yaml', /password/],
    ['https://unknown.example/acme/orders.git', /no Git host "unknown.example"/],
    ['https://github.com/acme/orders/issues', /no file, repository or organisation/],
    ['https://github.com/acme/orders?path=../x', /leads out/],
    ['https://github.com/acme/orders?path=a/../../x', /leads out/],
    ['https://github.com/acme/orders/blob/main/..%2f..%2fsecret', /no file/],
    ['https://example.org/\u0000', /characters/],
    [`https://example.org/${'a'.repeat(2_000)}`, /longer/],
  ])('refuses %j in words', (target, problem) => {
    const parsed = parseTarget(target, hosts)
    expect('problem' in parsed && parsed.problem).toMatch(problem)
  })

  it('never throws, never takes a credential, and never lets a path climb', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom('https://', 'github.com', '/', '..', '%2e%2e', '%', 'git@', ':', '?path=', 'blob', '-', '_git', 'file:', '@', '*', '\u0000', '\\'),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const parsed = parseTarget(pieces.join(''), hosts)
        if ('problem' in parsed) return
        const text = JSON.stringify(parsed.kind === 'url' ? parsed.address : { ...parsed, target: '' })
        expect(text.split(/[/"]/)).not.toContain('..')
        expect(parsed.kind === 'url' && parsed.address.type === 'http' ? new URL(parsed.address.url).password : '').toBe('')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('addresses of files', () => {
  const at = { repository: 'acme/orders', ref: 'main', path: 'docs/a b#1.yaml' }

  it.each(hosts.filter((host) => host.type !== 'azure'))('are read back as they were made: $type', (host) => {
    const url = new URL(fileUrl(host, at))
    expect(hostOf(url, hosts)).toBe(host)
    expect(readHostUrl(url, host)).toEqual({
      is: 'file',
      place: { type: 'unsettled', host: host.name, repository: 'acme/orders', tail: 'main/docs/a b#1.yaml' },
    })
  })

  it('of Azure name the project', () => {
    const azure = hosts[3]!
    const url = fileUrl(azure, { ...at, repository: 'acme/shop/orders' })
    expect(url).toBe('https://dev.azure.com/acme/shop/_git/orders?path=/docs/a%20b%231.yaml&version=GBmain')
    expect(readHostUrl(new URL(url), azure)).toMatchObject({ place: { repository: 'acme/shop/orders', tail: 'main/docs/a b#1.yaml' } })
  })

  it('lead to their editor and their folder', () => {
    expect(editUrl(hosts[1]!, { ...at, path: 'a.yaml' })).toBe('https://github.com/acme/orders/edit/main/a.yaml')
    expect(editUrl(hosts[2]!, { ...at, path: 'a.yaml' })).toBe('https://gitlab.corp.example/acme/orders/-/edit/main/a.yaml')
    expect(folderUrl(hosts[1]!, { ...at, path: '' })).toBe('https://github.com/acme/orders/tree/main/')
  })
})

it('a tail is split at each slash, the shortest ref first', () => {
  expect(tailSplits({ type: 'unsettled', host: '', repository: 'a/b', tail: 'feature/x/a.yaml' })).toEqual([
    { ref: 'feature', path: 'x/a.yaml' },
    { ref: 'feature/x', path: 'a.yaml' },
  ])
})
