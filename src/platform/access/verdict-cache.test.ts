import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PLATFORM, type Caller, type Permission, type ResourceRef } from '#kernel/node/http'
import { createAccess, readDefaultPolicies } from './access.ts'
import { VerdictCache } from './verdict-cache.ts'

const ana: Caller = {
  principal: 'user:default/ana',
  kind: 'person',
  displayName: 'Ana',
  groups: ['group:default/payments'],
  scopes: ['*'],
  isAdministrator: false,
  via: 'token',
}
const orders: ResourceRef = { type: 'Component', id: 'orders', attributes: { owner: 'group:default/payments', tier: 1 } }

describe('a verdict cache', () => {
  it('decides a question once, also for another object of the same caller', () => {
    const cache = new VerdictCache<number>()
    let made = 0
    const ask = (caller: Caller): number => cache.get(caller, 'catalog:read', PLATFORM, () => ++made)
    expect([ask(ana), ask(ana), ask({ ...ana, displayName: 'Ana B.', credentialId: 'tok_2' })]).toEqual([1, 1, 1])
  })

  it.each<[string, Caller, Permission, ResourceRef]>([
    ['another principal', { ...ana, principal: 'user:default/ben' }, 'catalog:read', orders],
    ['another kind', { ...ana, kind: 'service' }, 'catalog:read', orders],
    ['other groups', { ...ana, groups: [] }, 'catalog:read', orders],
    ['other scopes', { ...ana, scopes: ['catalog:read'] }, 'catalog:read', orders],
    ['an administrator', { ...ana, isAdministrator: true }, 'catalog:read', orders],
    ['another permission', ana, 'catalog:list', orders],
    ['another type', ana, 'catalog:read', { ...orders, type: 'Resource' }],
    ['another id', ana, 'catalog:read', { ...orders, id: 'billing' }],
    ['no attributes', ana, 'catalog:read', { type: 'Component', id: 'orders' }],
    ['another owner', ana, 'catalog:read', { ...orders, attributes: { owner: 'group:default/search', tier: 1 } }],
    ['a text for a number', ana, 'catalog:read', { ...orders, attributes: { owner: 'group:default/payments', tier: '1' } }],
    ['a list for a text', ana, 'catalog:read', { ...orders, attributes: { owner: ['group:default/payments'], tier: 1 } }],
    ['an id that looks like two parts', ana, 'catalog:read', { type: 'Component', id: 'orders\nx' }],
  ])('takes %s for another question', (_what, caller, permission, resource) => {
    const cache = new VerdictCache<string>()
    cache.get(ana, 'catalog:read', orders, () => 'first')
    expect(cache.get(caller, permission, resource, () => 'another')).toBe('another')
  })

  it('keeps nothing of what throws', () => {
    const cache = new VerdictCache<string>()
    const fail = (): string => {
      throw new Error('no')
    }
    expect(() => cache.get(ana, 'catalog:read', orders, fail)).toThrow('no')
    expect(cache.get(ana, 'catalog:read', orders, () => 'yes')).toBe('yes')
  })

  it('forgets the oldest of too many questions', () => {
    const cache = new VerdictCache<number>()
    let made = 0
    const ask = (id: string): number => cache.get(ana, 'catalog:read', { type: 'Component', id }, () => ++made)
    for (let index = 0; index < 501; index++) ask(`c${index}`)
    expect([ask('c500'), ask('c0')]).toEqual([501, 502])
  })
})

it('access says with its cache what it says without', async () => {
  const policies = readDefaultPolicies()
  const warm = createAccess({ policies })
  const caller = fc.record<Caller>({
    ...constants(ana),
    principal: fc.constantFrom('user:default/ana', 'user:default/ben'),
    kind: fc.constantFrom('person', 'service', 'agent'),
    groups: fc.subarray(['group:default/payments', 'group:default/platform']),
    scopes: fc.constantFrom(['*'], ['change:approve'], ['change:*', 'catalog:read']),
    isAdministrator: fc.boolean(),
  })
  const resource = fc.record<ResourceRef>({
    type: fc.constantFrom('Change', 'Component'),
    id: fc.constantFrom('a', 'b'),
    attributes: fc.constantFrom(
      {},
      { owner: 'group:default/payments' },
      { approvers: [], requestedBy: 'user:default/ana' },
      { approvers: ['group:default/payments'] },
    ),
  })
  const permission = fc.constantFrom<Permission>('change:approve', 'change:create', 'catalog:read', 'state:read', 'admin:login-link')
  await fc.assert(
    fc.asyncProperty(caller, permission, resource, async (who, what, on) => {
      await warm.authorize(who, what, on)
      expect(await warm.authorize(who, what, on)).toEqual(await createAccess({ policies }).authorize(who, what, on))
    }),
    { numRuns: 60 },
  )
})

function constants(of: Caller): { [field in keyof Required<Caller>]: fc.Arbitrary<Required<Caller>[field]> } {
  const { principal, kind, displayName, groups, scopes, isAdministrator, via } = of
  return {
    principal: fc.constant(principal),
    kind: fc.constant(kind),
    displayName: fc.constant(displayName),
    groups: fc.constant(groups),
    scopes: fc.constant(scopes),
    isAdministrator: fc.constant(isAdministrator),
    via: fc.constant(via),
    credentialId: fc.constant('tok_1'),
  }
}
