import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Provider } from 'oidc-provider'
import { parse } from 'yaml'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '#harness'
import { systemClock } from '#kernel/common/clock'
import { Secret } from '#kernel/common/secret'
import { createEgress, type Egress } from '#kernel/node/egress'
import type { RawInput, Route } from '#kernel/node/http'
import { silentLogger } from '#kernel/node/log'
import type { SourceBatch } from '#platform/catalog'
import type { KnownPeople, KnownPerson } from './known-people.ts'
import { createPeople, type PeopleDeps } from './people.ts'

let database: TestDatabase
let egress: Egress
let taken: SourceBatch[]
let routes: Route[]
/** People of the organisation's own files. */
let organisation: KnownPerson[]

/** What the catalog holds after all batches: path -> text. */
const files = (): Map<string, string> => {
  const held = new Map<string, string>()
  for (const batch of taken) {
    for (const path of batch.removed ?? []) held.delete(path)
    for (const file of batch.files) held.set(file.path, file.text)
  }
  return held
}
/** The catalog as it holds people: the organisation's first, then whoever came first under a name. */
const known: KnownPeople = {
  byName: async (name) => everybody().find((person) => person.ref === `user:default/${name}`),
  byEmail: async (email) => everybody().filter((person) => person.email === email),
}
const everybody = (): KnownPerson[] => [
  ...organisation,
  ...taken.flatMap((batch) =>
    batch.files.flatMap(({ path, text }) => {
      if (!path.startsWith('users/') || !files().has(path)) return []
      const entity = parse(text) as { metadata: { name: string; annotations: Record<string, string> }; spec: { profile?: { email?: string } } }
      return [
        {
          ref: `user:default/${entity.metadata.name}`,
          mark: entity.metadata.annotations['fairway.dev/directory'],
          email: entity.spec.profile?.email,
          isTrusted: batch.trust.level === 'organisation',
        },
      ]
    }),
  ),
]
const textOf = (folder: string): string[] => [...files()].filter(([path]) => path.startsWith(folder)).map(([, text]) => text)

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: never; headers: Headers }> {
  const url = new URL(`http://fairway.test${path}`)
  const found = routes.flatMap((route) => {
    const pattern = new RegExp(`^${route.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
    const match = route.method === method ? pattern.exec(url.pathname) : null
    return match ? [{ route, params: match.groups ?? {} }] : []
  })[0]
  if (found?.route.kind !== 'raw') throw new Error(`no route ${method} ${path}`)
  const request = new Request(url, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  const caller = { principal: 'user:default/admin' }
  const response = await found.route.handle({ params: found.params, url, request, caller, requestId: 'r', signal: request.signal } as unknown as RawInput)
  const text = await response.text()
  return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as never, headers: response.headers }
}

function make(more: Partial<PeopleDeps> = {}): ReturnType<typeof createPeople> {
  const people = createPeople({
    db: database.db,
    journal: { append: async () => undefined } as unknown as PeopleDeps['journal'],
    clock: systemClock,
    log: silentLogger,
    egress,
    ingestion: () => ({
      take: async (batch) => {
        taken.push(batch)
        return { added: [], altered: [], removed: [], problems: [], emitted: [] }
      },
    }),
    publicUrl: () => 'http://fairway.test',
    provider: undefined,
    trusted: [],
    people: known,
    loginLink: async (principal) => new Secret(`http://fairway.test/login?code=for-${principal}`),
    ...more,
  })
  ;({ routes } = people)
  return people
}

beforeAll(async () => {
  database = await createTestDatabase()
  egress = createEgress({ allowLoopback: true })
})
afterAll(async () => {
  await egress[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})
beforeEach(() => {
  taken = []
  organisation = []
  make()
})

describe('SCIM', () => {
  const user = (userName: string): object => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    name: { givenName: 'Ana', familyName: 'López' },
    emails: [{ value: `${userName}@example.com`, type: 'work' }],
    password: 'never-kept',
  })

  it('adds a person, once, finds them, and never keeps a password', async () => {
    const made = await call('POST', '/scim/v2/Users', user('ana.one'))
    expect(made.status).toBe(201)
    const { id } = made.body as { id: string }
    expect(made.headers.get('location')).toBe(`http://fairway.test/scim/v2/Users/${id}`)
    expect(JSON.stringify(made.body)).not.toContain('never-kept')
    expect(textOf('users/')[0]).toContain('displayName: Ana López')
    await expect(call('POST', '/scim/v2/Users', user('ANA.one'))).rejects.toMatchObject({ code: 'platform.people.taken' })
    const found = await call('GET', `/scim/v2/Users?filter=${encodeURIComponent('userName eq "ANA.one"')}`)
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id }] })
    expect((await call('GET', '/scim/v2/Users?filter=userName%20eq%20%22nobody%22')).body).toMatchObject({ totalResults: 0, Resources: [] })
  })

  it('keeps a group with its members, as Entra ID and Okta patch it', async () => {
    const [ben, eve] = await Promise.all(
      ['ben.two', 'eve.two'].map(async (name) => ((await call('POST', '/scim/v2/Users', user(name))).body as { id: string }).id),
    )
    const group = ((await call('POST', '/scim/v2/Groups', { displayName: 'Payments Team', members: [{ value: ben }] })).body as { id: string }).id
    expect(textOf('groups/').join('')).toContain('- ben.two')
    await call('PATCH', `/scim/v2/Groups/${group}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'Add', path: 'members', value: [{ value: eve }] }],
    })
    expect(textOf('groups/').join('')).toContain('- eve.two')
    await call('PATCH', `/scim/v2/Groups/${group}`, { Operations: [{ op: 'remove', path: `members[value eq "${ben}"]` }] })
    expect(textOf('groups/').join('')).not.toContain('- ben.two')
    await call('PATCH', `/scim/v2/Groups/${group}`, { Operations: [{ op: 'replace', value: { displayName: 'Payments' } }] })
    expect((await call('GET', `/scim/v2/Groups/${group}`)).body).toMatchObject({ displayName: 'Payments', members: [{ value: eve }] })
    expect((await call('DELETE', `/scim/v2/Groups/${group}`)).status).toBe(204)
    expect([...files().keys()]).not.toContain(`groups/${group}.yaml`)
    await expect(call('GET', `/scim/v2/Groups/${group}`)).rejects.toMatchObject({ code: 'platform.people.not_found' })
  })

  it('lets nobody into a group for somebody else of the same name', async () => {
    const add = async (userName: string): Promise<string> => ((await call('POST', '/scim/v2/Users', { userName })).body as { id: string }).id
    await add('twin.six@one.example')
    const second = await add('twin.six@other.example')
    await call('POST', '/scim/v2/Groups', { displayName: 'Six', members: [{ value: second }] })
    expect(textOf('groups/').find((text) => text.includes('title: Six'))).toContain('members: []')
    // An address that is the same makes them one: the organisation's files and the directory may tell of the same person.
    organisation = [{ ref: 'user:default/seven', mark: undefined, email: 'seven@example.com', isTrusted: true }]
    const third = ((await call('POST', '/scim/v2/Users', user('seven'))).body as { id: string }).id
    await call('POST', '/scim/v2/Groups', { displayName: 'Seven', members: [{ value: third }] })
    expect(textOf('groups/').find((text) => text.includes('title: Seven'))).toContain('- seven')
  })

  it('takes a person who is not active out of the catalog, also out of their groups', async () => {
    const id = ((await call('POST', '/scim/v2/Users', user('gone.three'))).body as { id: string }).id
    await call('POST', '/scim/v2/Groups', { displayName: 'Three', members: [{ value: id }] })
    await call('PATCH', `/scim/v2/Users/${id}`, { Operations: [{ op: 'Replace', path: 'active', value: 'False' }] })
    expect([...files().keys()]).not.toContain(`users/${id}.yaml`)
    expect(textOf('groups/').join('')).not.toContain('gone.three')
    expect((await call('GET', `/scim/v2/Users/${id}`)).body).toMatchObject({ active: false })
  })

  it.each([
    ['{"op":"x"}', { Operations: [{ op: 'x', path: 'a' }] }],
    ['no operations', {}],
    ['a name taken away', { Operations: [{ op: 'remove', path: 'userName' }] }],
  ])('refuses a bad patch: %s', async (_name, patch) => {
    const id = ((await call('POST', '/scim/v2/Users', user(`bad-${_name.length}`))).body as { id: string }).id
    await expect(call('PATCH', `/scim/v2/Users/${id}`, patch)).rejects.toMatchObject({ code: 'platform.people.bad_resource' })
  })

  it('pages, and refuses filters that it can not answer', async () => {
    const page = await call('GET', '/scim/v2/Users?startIndex=2&count=1')
    expect(page.body).toMatchObject({ startIndex: 2, itemsPerPage: 1 })
    await expect(call('GET', '/scim/v2/Users?filter=userName%20co%20%22a%22')).rejects.toMatchObject({ code: 'platform.people.bad_resource' })
    await expect(call('GET', '/scim/v2/Users?filter=((')).rejects.toMatchObject({ code: 'platform.people.bad_resource' })
  })

  it('gives rights only when the operator trusts the directory', async () => {
    await call('POST', '/scim/v2/Users', user('plain.four'))
    expect(taken.at(-1)?.trust).toEqual({ level: 'catalog', allow: ['User', 'Group'] })
    make({ trusted: ['scim'] })
    await call('POST', '/scim/v2/Users', user('trusted.four'))
    expect(taken.at(-1)?.trust).toEqual({ level: 'organisation' })
  })

  it('heals after a crash between row and catalog: the start takes all over', async () => {
    await call('POST', '/scim/v2/Users', user('crash.five'))
    taken = []
    await make().start()
    expect(taken.map((batch) => [batch.source, batch.isComplete])).toEqual([
      // People first: groups look their members up among them.
      ['scim', false],
      ['scim', true],
      ['oidc', true],
    ])
    expect(textOf('users/').join('')).toContain('crash.five')
  })
})

describe('OpenID Connect, against a real provider', () => {
  let server: Server
  let issuer: string
  let claims: Record<string, unknown>

  beforeAll(async () => {
    server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const provider = new Provider(issuer, {
      clients: [
        {
          client_id: 'fairway',
          client_secret: 'secret',
          redirect_uris: ['http://fairway.test/api/v1/oidc/callback'],
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
      claims: { openid: ['sub', 'preferred_username', 'email', 'email_verified', 'name', 'groups'] },
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
      cookies: { keys: ['for-tests'] },
      findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ sub, ...claims }) }),
      interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    })
    const handle = provider.callback()
    // Signs in and consents without asking: what a person would click.
    server.on('request', (request, response) => {
      if (request.url?.startsWith('/interaction/') !== true) {
        void handle(request, response)
        return
      }
      void (async () => {
        const { prompt, params, session } = await provider.interactionDetails(request, response)
        if (prompt.name === 'login') return await provider.interactionFinished(request, response, { login: { accountId: 'subject-1' } })
        const grant = new provider.Grant({ accountId: session?.accountId ?? 'subject-1', clientId: String(params['client_id']) })
        grant.addOIDCScope('openid profile email')
        return await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
      })()
    })
  })
  afterAll(() => void server.close())

  /** Follows a browser's redirects, with its cookies, until it comes back to the platform. */
  async function browse(from: string): Promise<URL> {
    const cookies = new Map<string, string>()
    let url = new URL(from)
    for (let hop = 0; hop < 12; hop++) {
      if (url.hostname === 'fairway.test') return url
      const response = await fetch(url, { redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } })
      for (const line of response.headers.getSetCookie()) {
        const [pair = ''] = line.split(';')
        cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
      }
      url = new URL(response.headers.get('location') ?? '', url)
    }
    throw new Error('redirects without end')
  }

  const provider = (): PeopleDeps['provider'] => ({
    issuer,
    clientId: 'fairway',
    clientSecret: new Secret('secret'),
    groupsClaim: 'groups',
    scopes: 'openid profile email',
  })
  const signIn = async (returnTo = '/catalog'): Promise<Awaited<ReturnType<typeof call>>> => {
    const begun = await call('GET', `/api/v1/oidc/login?returnTo=${encodeURIComponent(returnTo)}`)
    const state = begun.headers.get('set-cookie')?.split(';')[0] ?? ''
    const back = await browse(begun.headers.get('location') ?? '')
    return await call('GET', `${back.pathname}${back.search}`, undefined, { cookie: state })
  }

  it('signs in whom the organisation knows, and brings groups along that give no rights', async () => {
    claims = { preferred_username: 'ana', email: 'ana@example.com', email_verified: true, name: 'Ana', groups: ['/payments', 'platform'] }
    organisation = [{ ref: 'user:default/ana', mark: undefined, email: 'ana@example.com', isTrusted: true }]
    make({ provider: provider() })
    const done = await signIn()
    expect(decodeURIComponent(done.headers.get('location') ?? '')).toBe('http://fairway.test/login?code=for-user:default/ana&next=/catalog')
    expect(textOf('groups/').join('')).toContain('name: payments')
    expect(taken.at(-1)?.trust).toEqual({ level: 'catalog', allow: ['User', 'Group'] })
    claims = { ...claims, groups: ['payments'] }
    await signIn()
    expect(textOf('groups/').find((text) => text.includes('name: platform'))).toContain('members: []')
  })

  it('refuses whom the organisation does not know, and never leads elsewhere', async () => {
    claims = { preferred_username: 'mallory', groups: [] }
    make({ provider: provider() })
    await expect(signIn()).rejects.toMatchObject({ code: 'platform.people.sign_in_failed' })
    organisation = [{ ref: 'user:default/ana', mark: undefined, email: 'ana@example.com', isTrusted: true }]
    claims = { preferred_username: 'ana', email: 'ana@example.com', email_verified: true, groups: [] }
    expect((await signIn('https://evil.example')).headers.get('location')).toBe('http://fairway.test/login?code=for-user:default/ana')
  })

  it('never takes somebody for another of the same name, not even from a trusted provider', async () => {
    organisation = [{ ref: 'user:default/admin', mark: undefined, email: undefined, isTrusted: true }]
    make({ provider: provider(), trusted: ['oidc'] })
    claims = { preferred_username: 'admin', groups: ['platform'] }
    await expect(signIn()).rejects.toMatchObject({ code: 'platform.people.sign_in_failed' })
    expect(textOf('groups/').find((text) => text.includes('name: platform'))).not.toContain('- admin')
    claims = { preferred_username: 'own.name', groups: [] }
    expect(decodeURIComponent((await signIn('/')).headers.get('location') ?? '')).toBe('http://fairway.test/login?code=for-user:default/own.name')
  })

  it('refuses an answer that this browser did not ask for, and one that comes twice', async () => {
    organisation = [{ ref: 'user:default/ana', mark: undefined, email: 'ana@example.com', isTrusted: true }]
    claims = { preferred_username: 'ana', email: 'ana@example.com', email_verified: true, groups: [] }
    make({ provider: provider() })
    const begun = await call('GET', '/api/v1/oidc/login')
    const back = await browse(begun.headers.get('location') ?? '')
    await expect(call('GET', `${back.pathname}${back.search}`)).rejects.toMatchObject({ code: 'platform.people.sign_in_failed' })
    const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect((await call('GET', `${back.pathname}${back.search}`, undefined, { cookie })).status).toBe(302)
    await expect(call('GET', `${back.pathname}${back.search}`, undefined, { cookie })).rejects.toMatchObject({ code: 'platform.people.sign_in_failed' })
  })

  it('says when there is no provider, or it does not answer', async () => {
    await expect(call('GET', '/api/v1/oidc/login')).rejects.toMatchObject({ code: 'platform.people.no_provider' })
    make({ provider: { issuer: 'http://127.0.0.1:1', clientId: 'x', clientSecret: undefined, groupsClaim: 'groups', scopes: 'openid' } })
    await expect(call('GET', '/api/v1/oidc/login')).rejects.toMatchObject({ code: 'platform.people.provider_unreachable' })
  })
})
