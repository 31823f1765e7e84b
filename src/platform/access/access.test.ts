import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PLATFORM, systemCaller, type Caller, type Permission, type ResourceRef } from '#kernel/node/http'
import { createAccess, readDefaultPolicies } from './index.ts'

const access = createAccess({
  policies: readDefaultPolicies(),
  ownerOf: async ({ type, id }) => (type === 'Repository' && id === 'acme/orders' ? 'group:default/payments' : undefined),
})

const base: Caller = { principal: '', kind: 'person', displayName: '', groups: [], scopes: ['*'], isAdministrator: false, via: 'token' }
const ana: Caller = { ...base, principal: 'user:default/ana', groups: ['group:default/payments'] }
const ben: Caller = { ...base, principal: 'user:default/ben', groups: ['group:default/payments', 'group:default/approvers'] }
const eve: Caller = { ...base, principal: 'user:default/eve', groups: ['group:default/search'] }
const olga: Caller = { ...base, principal: 'user:default/olga', groups: ['group:default/platform'] }
const admin: Caller = { ...base, principal: 'user:default/admin', isAdministrator: true }
const bot: Caller = { ...base, principal: 'agent:default/bot', kind: 'agent', scopes: ['*'] }
const ci: Caller = { ...base, principal: 'service:default/ci', kind: 'service', scopes: ['artifact:write', 'state:*@State/orders'] }

const orders: ResourceRef = { type: 'Component', id: 'orders', attributes: { owner: 'group:default/payments', size: 1.5 } }
const production: ResourceRef = {
  type: 'Change',
  id: 'chg_1',
  attributes: { owner: 'group:default/payments', approvers: ['group:default/approvers'], requestedBy: 'user:default/ana' },
}
const named = (caller: Caller, ...scopes: string[]): Caller => ({ ...caller, scopes })

describe('authorize', () => {
  it.each<[string, Caller, Permission, ResourceRef, boolean]>([
    ['anybody reads', eve, 'catalog:read', orders, true],
    ['an agent reads', bot, 'event:read', PLATFORM, true],
    ['nobody reads state by reading everything', olga, 'state:read', PLATFORM, false],
    ['an owner deploys', ana, 'deployment:create', orders, true],
    ['an owner releases, builds, restarts', ana, 'run:create', orders, true],
    ['a stranger does not deploy', eve, 'deployment:create', orders, false],
    ['what nobody owns is not deployed', ana, 'deployment:create', PLATFORM, false],
    ['an owner pushes to a repository whose owner is looked up', ana, 'repository:write', { type: 'Repository', id: 'acme/orders' }, true],
    ['a stranger does not', eve, 'repository:write', { type: 'Repository', id: 'acme/orders' }, false],
    ['a person creates from a golden path', eve, 'creation:create', PLATFORM, true],
    ['but not into what others own', eve, 'creation:create', orders, false],
    ['a person registers a location', eve, 'location:create', PLATFORM, true],
    ['an agent does not', bot, 'location:create', PLATFORM, false],
    ['who registered a location removes it', eve, 'location:delete', { type: 'Location', id: '1', attributes: { addedBy: eve.principal } }, true],
    ['others do not', ana, 'location:delete', { type: 'Location', id: '1', attributes: { addedBy: eve.principal } }, false],
    ['the platform team does', olga, 'location:delete', { type: 'Location', id: '1', attributes: { addedBy: eve.principal } }, true],
    ['a person saves a view', eve, 'view:create', PLATFORM, true],
    ['who keeps a view alters it', eve, 'view:update', { type: 'View', id: '1', attributes: { keptBy: eve.principal } }, true],
    ['others do not', ana, 'view:update', { type: 'View', id: '1', attributes: { keptBy: eve.principal } }, false],
    ['nor does an administrator', admin, 'view:update', { type: 'View', id: '1', attributes: { keptBy: eve.principal } }, false],
    ['who deletes it, however', admin, 'view:delete', { type: 'View', id: '1', attributes: { keptBy: eve.principal } }, true],
    ['others do not delete it', ana, 'view:delete', { type: 'View', id: '1', attributes: { keptBy: eve.principal } }, false],
    ['the platform team administers', olga, 'repository:write', { type: 'Repository', id: 'x/y' }, true],
    ['an approver approves', ben, 'change:approve', production, true],
    ['a member who is no approver does not', { ...ana, principal: 'user:default/ada' }, 'change:approve', production, false],
    ['the requester does not, approver or not', { ...ben, principal: 'user:default/ana' }, 'change:approve', production, false],
    ['the platform team does not bypass approval', olga, 'change:approve', production, false],
    ['nor where no approvers are named', olga, 'change:approve', { type: 'Change', id: 'x' }, false],
    ['nor does an administrator', admin, 'change:approve', production, false],
    [
      'an administrator approves where no groups are named',
      admin,
      'change:approve',
      { type: 'Change', id: 'x', attributes: { approvers: [], requestedBy: ana.principal } },
      true,
    ],
    ['but never their own', admin, 'change:approve', { type: 'Change', id: 'x', attributes: { requestedBy: admin.principal } }, false],
    ['the system never approves', systemCaller, 'change:approve', production, false],
    ['the requester cancels', { ...eve, principal: 'user:default/ana' }, 'change:cancel', production, true],
    ['an administrator makes login links', admin, 'admin:login-link', PLATFORM, true],
    ['the platform team does not', olga, 'admin:login-link', PLATFORM, false],
    ['a service does what its scopes name', ci, 'artifact:write', orders, true],
    ['and nothing else', ci, 'deployment:create', orders, false],
    ['a run reaches its own state', ci, 'state:write', { type: 'State', id: 'orders' }, true],
    ['and no other', ci, 'state:write', { type: 'State', id: 'billing' }, false],
    ['a bare * names nothing', named(ci, '*'), 'artifact:write', orders, false],
    ['an agent deploys when it was named for that', named(bot, 'deployment:create'), 'deployment:create', orders, true],
    ['an agent issues no tokens', named(bot, 'token:*'), 'token:create', PLATFORM, false],
    ['an agent reads no state', named(bot, 'state:*'), 'state:read', PLATFORM, false],
    ['scopes limit an administrator too', named(admin, '*:read'), 'deployment:create', orders, false],
    ['scopes limit an owner', named(ana, 'run:*'), 'deployment:create', orders, false],
  ])('%s', async (_what, caller, permission, resource, isAllowed) => {
    expect((await access.authorize(caller, permission, resource)).isAllowed).toBe(isAllowed)
  })

  it('says why, by the policies that decided', async () => {
    expect(await access.authorize({ ...ben, principal: 'user:default/ana' }, 'change:approve', production)).toEqual({
      isAllowed: false,
      reason: 'nobody approves what they requested',
      policies: ['nobody-approves-their-own'],
    })
    expect((await access.authorize(eve, 'deployment:create', orders)).reason).toBe('no policy allows it')
    expect((await access.authorize(named(ana, 'run:*'), 'deployment:create', orders)).reason).toBe('the credential is limited to "run:*"')
  })

  it('never lets an agent, a service or the system approve, whoever they are and whatever is asked', async () => {
    const group = fc.constantFrom('group:default/approvers', 'group:default/platform', 'group:default/payments')
    const caller = fc.record({
      principal: fc.constantFrom('agent:default/bot', 'user:default/ben', 'service:default/ci', 'system:fairway'),
      kind: fc.constantFrom('agent' as const, 'service' as const, 'system' as const),
      displayName: fc.string(),
      groups: fc.uniqueArray(group),
      scopes: fc.subarray(['*', 'change:*', 'change:approve', '*:approve', '*:read'], { minLength: 1 }),
      isAdministrator: fc.boolean(),
      via: fc.constantFrom('token' as const, 'cookie' as const, 'internal' as const),
    })
    const attributes = fc.record(
      { owner: group, approvers: fc.uniqueArray(group), requestedBy: fc.constantFrom('user:default/ana', 'agent:default/bot') },
      { requiredKeys: [] },
    )
    const resource = fc.record({ type: fc.constantFrom('Change', 'Environment', 'Platform', 'Agent'), id: fc.string(), attributes })
    await fc.assert(
      fc.asyncProperty(caller, resource, async (who, what) => {
        expect((await access.authorize(who, 'change:approve', what as ResourceRef)).isAllowed).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('denies what a broken policy would have to decide', async () => {
    const broken = createAccess({ policies: '@id("broken") @description("x") permit (principal, action, resource) when { resource.nothing == 1 };' })
    expect(await broken.authorize(ana, 'catalog:read', orders)).toMatchObject({
      isAllowed: false,
      reason: expect.stringContaining('could not be evaluated') as string,
    })
  })

  it('answers in well under a millisecond', async () => {
    await access.authorize(ana, 'deployment:create', orders)
    const startedAt = performance.now()
    for (let round = 0; round < 500; round++) await access.authorize(ana, 'deployment:create', orders)
    expect((performance.now() - startedAt) / 500).toBeLessThan(2)
  })
})

describe('policies', () => {
  it.each([
    ['permit (principal, action, resource);', '@id'],
    ['@id("a") @description("a") permit (principal, action, resource); @id("a") @description("b") permit (principal, action, resource);', 'two policies'],
    ['permit (principal', "can't be used"],
  ])('%s is refused when loaded', (policies, message) => {
    expect(() => createAccess({ policies }).load()).toThrow(message)
  })

  it('that ship are all described', () => expect(access.load().length).toBeGreaterThan(10))
})
