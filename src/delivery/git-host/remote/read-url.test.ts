import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readUrl, refCandidates, type HostAddress } from './read-url.ts'

const HOSTS: HostAddress[] = [
  { name: 'github.com', type: 'github', url: 'https://github.com' },
  { name: 'ghe.corp.example', type: 'github', url: 'https://ghe.corp.example' },
  { name: 'gitlab.com', type: 'gitlab', url: 'https://gitlab.com' },
  { name: 'corp.example/gitlab', type: 'gitlab', url: 'https://corp.example/gitlab' },
  { name: 'dev.azure.com', type: 'azure', url: 'https://dev.azure.com' },
  { name: 'tfs.corp.example/tfs', type: 'azure', url: 'https://tfs.corp.example/tfs' },
  { name: 'gitea.corp.example:3000', type: 'gitea', url: 'http://gitea.corp.example:3000' },
  { name: '', type: 'fairway', url: 'http://127.0.0.1:7007' },
]
const FILE = 'docs/catalog-info.yaml'

/** The address, then host, owner, name, ref and path. */
const SHAPES: [url: string, host: string, owner: string, name: string, ref: string | undefined, path: string][] = [
  ['https://github.com/acme/orders', 'github.com', 'acme', 'orders', undefined, ''],
  ['https://github.com/acme/orders.git', 'github.com', 'acme', 'orders', undefined, ''],
  ['https://github.com/acme/orders/', 'github.com', 'acme', 'orders', undefined, ''],
  ['git@github.com:acme/orders.git', 'github.com', 'acme', 'orders', undefined, ''],
  ['ssh://git@github.com/acme/orders.git', 'github.com', 'acme', 'orders', undefined, ''],
  ['git+https://github.com/acme/orders.git', 'github.com', 'acme', 'orders', undefined, ''],
  [`https://github.com/acme/orders/blob/main/${FILE}`, 'github.com', 'acme', 'orders', 'main', FILE],
  [`url:https://github.com/acme/orders/blob/main/${FILE}`, 'github.com', 'acme', 'orders', 'main', FILE],
  [`https://github.com/acme/orders/blob/main/${FILE}#L3-L9`, 'github.com', 'acme', 'orders', 'main', FILE],
  [`https://github.com/acme/orders/edit/main/${FILE}`, 'github.com', 'acme', 'orders', 'main', FILE],
  [`https://github.com/acme/orders/raw/refs/heads/main/${FILE}`, 'github.com', 'acme', 'orders', 'main', FILE],
  ['https://github.com/acme/orders/tree/main/services/', 'github.com', 'acme', 'orders', 'main', 'services'],
  ['https://github.com/acme/orders/tree/v1.2', 'github.com', 'acme', 'orders', 'v1.2', ''],
  ['https://github.com/acme/orders/blob/main/with%20blank/a%23b.yaml', 'github.com', 'acme', 'orders', 'main', 'with blank/a#b.yaml'],
  ['https://github.com/acme/*/blob/-/catalog-info.yaml', 'github.com', 'acme', '*', '-', 'catalog-info.yaml'],
  [`https://raw.githubusercontent.com/acme/orders/main/${FILE}`, 'github.com', 'acme', 'orders', 'main', FILE],
  [`https://raw.githubusercontent.com/acme/orders/refs/heads/main/${FILE}`, 'github.com', 'acme', 'orders', 'main', FILE],
  [`https://api.github.com/repos/acme/orders/contents/${FILE}?ref=main`, 'github.com', 'acme', 'orders', 'main', FILE],
  [`https://ghe.corp.example/acme/orders/blob/main/${FILE}`, 'ghe.corp.example', 'acme', 'orders', 'main', FILE],
  [`https://ghe.corp.example/raw/acme/orders/main/${FILE}`, 'ghe.corp.example', 'acme', 'orders', 'main', FILE],
  [`https://ghe.corp.example/api/v3/repos/acme/orders/contents/${FILE}?ref=main`, 'ghe.corp.example', 'acme', 'orders', 'main', FILE],
  ['https://gitlab.com/acme/orders', 'gitlab.com', 'acme', 'orders', undefined, ''],
  ['https://gitlab.com/acme/shop/backend/orders', 'gitlab.com', 'acme/shop/backend', 'orders', undefined, ''],
  ['git@gitlab.com:acme/shop/orders.git', 'gitlab.com', 'acme/shop', 'orders', undefined, ''],
  [`https://gitlab.com/acme/shop/orders/-/blob/main/${FILE}`, 'gitlab.com', 'acme/shop', 'orders', 'main', FILE],
  [`https://gitlab.com/acme/orders/blob/main/${FILE}`, 'gitlab.com', 'acme', 'orders', 'main', FILE],
  [`https://gitlab.com/acme/orders/-/raw/main/${FILE}?inline=false`, 'gitlab.com', 'acme', 'orders', 'main', FILE],
  ['https://gitlab.com/acme/orders/-/tree/main/docs', 'gitlab.com', 'acme', 'orders', 'main', 'docs'],
  [
    `https://gitlab.com/api/v4/projects/acme%2Fshop%2Forders/repository/files/docs%2Fcatalog-info.yaml/raw?ref=main`,
    'gitlab.com',
    'acme/shop',
    'orders',
    'main',
    FILE,
  ],
  [`https://corp.example/gitlab/acme/orders/-/blob/main/${FILE}`, 'corp.example/gitlab', 'acme', 'orders', 'main', FILE],
  ['https://dev.azure.com/acme/Shop/_git/orders', 'dev.azure.com', 'acme/Shop', 'orders', undefined, ''],
  ['https://acme@dev.azure.com/acme/Web%20Shop/_git/orders', 'dev.azure.com', 'acme/Web Shop', 'orders', undefined, ''],
  ['https://dev.azure.com/acme/_git/orders', 'dev.azure.com', 'acme/orders', 'orders', undefined, ''],
  [`https://dev.azure.com/acme/Shop/_git/orders?path=/${FILE}`, 'dev.azure.com', 'acme/Shop', 'orders', undefined, FILE],
  [
    `https://dev.azure.com/acme/Shop/_git/orders?path=%2Fdocs%2Fcatalog-info.yaml&version=GBfeature%2Fx&_a=contents`,
    'dev.azure.com',
    'acme/Shop',
    'orders',
    'feature/x',
    FILE,
  ],
  [`https://dev.azure.com/acme/Shop/_git/orders?path=/${FILE}&version=GTv1`, 'dev.azure.com', 'acme/Shop', 'orders', 'v1', FILE],
  [`https://acme.visualstudio.com/Shop/_git/orders?path=/${FILE}`, 'dev.azure.com', 'acme/Shop', 'orders', undefined, FILE],
  [`https://acme.visualstudio.com/DefaultCollection/Shop/_git/orders`, 'dev.azure.com', 'acme/Shop', 'orders', undefined, ''],
  ['git@ssh.dev.azure.com:v3/acme/Shop/orders', 'dev.azure.com', 'acme/Shop', 'orders', undefined, ''],
  [`https://dev.azure.com/acme/Shop/_apis/git/repositories/orders/items?path=/${FILE}&version=main`, 'dev.azure.com', 'acme/Shop', 'orders', 'main', FILE],
  [`https://tfs.corp.example/tfs/Collection/Shop/_git/orders?path=/${FILE}`, 'tfs.corp.example/tfs', 'Collection/Shop', 'orders', undefined, FILE],
  ['http://gitea.corp.example:3000/acme/orders.git', 'gitea.corp.example:3000', 'acme', 'orders', undefined, ''],
  [`http://gitea.corp.example:3000/acme/orders/src/branch/main/${FILE}`, 'gitea.corp.example:3000', 'acme', 'orders', 'main', FILE],
  [`http://gitea.corp.example:3000/acme/orders/src/tag/v1/${FILE}`, 'gitea.corp.example:3000', 'acme', 'orders', 'v1', FILE],
  [`http://gitea.corp.example:3000/acme/orders/raw/commit/abc/${FILE}`, 'gitea.corp.example:3000', 'acme', 'orders', 'abc', FILE],
  [`http://gitea.corp.example:3000/acme/orders/_edit/branch/main/${FILE}`, 'gitea.corp.example:3000', 'acme', 'orders', 'main', FILE],
  [`http://gitea.corp.example:3000/api/v1/repos/acme/orders/contents/${FILE}?ref=main`, 'gitea.corp.example:3000', 'acme', 'orders', 'main', FILE],
  ['http://127.0.0.1:7007/git/acme/orders.git', '', 'acme', 'orders', undefined, ''],
  [`http://127.0.0.1:7007/repositories/acme/orders/blob/main/${FILE}`, '', 'acme', 'orders', 'main', FILE],
]

describe('an address', () => {
  it.each(SHAPES)('%s', (url, host, owner, name, ref, path) => {
    const found = readUrl(url, HOSTS)
    expect(found && { host: found.host.name, ...found.repository, ref: found.ref, path: found.path }).toEqual({ host, owner, name, ref, path })
  })

  it.each([
    'https://example.com/acme/orders',
    'https://github.com.evil.example/acme/orders',
    'https://github.com/acme',
    'https://github.com/acme/orders/pull/7',
    'https://github.com/acme/orders/blob/main/a%2f..%2fb',
    'https://github.com/acme/..%2f..%2fx/blob/main/a',
    'https://corp.example/gitlabs/acme/orders',
    'https://gitlab.com/api/v4/projects/17/repository/files/a/raw?ref=main',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://github.com/acme/orders/blob/main/%E0%A4%A',
    'not an address',
    '',
  ])('leads nowhere: %s', (url) => expect(readUrl(url, HOSTS)).toBeUndefined())

  it('is read or not, but never fails, and no part of it leads elsewhere', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '-', 'blob', '_git', '%2e%2e', '%2f', 'refs', 'heads', 'raw', 'a b'), fc.string())
    fc.assert(
      fc.property(fc.constantFrom(...HOSTS), fc.array(part, { maxLength: 8 }), (host, parts) => {
        const found = readUrl(`${host.url}/${parts.join('/')}`, HOSTS)
        if (!found) return
        for (const each of [...found.repository.owner.split('/'), found.repository.name, ...found.path.split('/')]) expect(['.', '..']).not.toContain(each)
        expect(found.repository.name).not.toBe('')
      }),
    )
  })
})

it('a ref may have slashes: every split is offered, the shortest ref first', () =>
  expect(refCandidates({ ref: 'feature', path: 'x/a.yaml' })).toEqual([
    { ref: 'feature', path: 'x/a.yaml' },
    { ref: 'feature/x', path: 'a.yaml' },
    { ref: 'feature/x/a.yaml', path: '' },
  ]))
