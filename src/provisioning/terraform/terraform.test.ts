import { describe, expect, it } from 'vitest'
import { parseModuleRelease } from './module-release.ts'
import { findTofu } from './tofu-binary.ts'
import { readTofuPlan } from './tofu-plan.ts'
import { errorText, readStreamLine } from './tofu-stream.ts'

const change = (actions: string[], rest: object = {}): object => ({ address: 'x.a', change: { actions, before: null, after: null, ...rest } })
const read = (changes: object[], outputs: object = {}, exists = true): ReturnType<typeof readTofuPlan> =>
  readTofuPlan({ resource_changes: changes, output_changes: outputs } as never, exists)

it.each([
  ['release:bucket@v3', { component: 'bucket', version: 3 }],
  ['release:my-bucket.eu@v12', { component: 'my-bucket.eu', version: 12 }],
  ['release:bucket', undefined],
  ['release:bucket@3', undefined],
  ['release:bucket@v0', undefined],
  ['release:../x@v1', undefined],
  ['recipes/bucket', undefined],
])('%s is the release %j', (module, release) => expect(parseModuleRelease(module)).toEqual(release))

describe('readTofuPlan', () => {
  it.each([
    ['nothing', [change(['no-op']), change(['read'])], true, 'none', false, 'no changes'],
    ['the first time', [change(['create']), change(['create'])], false, 'create', false, 'create 2'],
    ['an update', [change(['update'])], true, 'alter', false, 'alter 1'],
    ['a replacement, either way round', [change(['delete', 'create']), change(['create', 'delete'])], true, 'replace', true, 'replace 2'],
    ['a destruction among others', [change(['update']), change(['delete'])], true, 'replace', true, 'alter 1, destroy 1'],
    ['only destructions', [change(['delete'])], true, 'destroy', true, 'destroy 1'],
    ['a forgotten resource', [change(['forget'])], true, 'alter', false, 'forget 1'],
  ])('%s', (_what, changes, exists, verb, isDestructive, summary) => expect(read(changes, {}, exists)).toMatchObject({ verb, isDestructive, summary }))

  it('shows fields that change, and never a sensitive one, however deep the mask', () => {
    const changes = [
      change(['update'], {
        before: { name: 'a', same: 1, token: 'old-secret', nested: { pw: 'deep-secret', ok: 1 }, list: ['s3cret'] },
        after: { name: 'b', same: 1, token: 'new-secret', nested: { pw: 'deep-secret2', ok: 2 }, list: ['s3cret2'] },
        after_unknown: { id: true },
        before_sensitive: { token: true, nested: { pw: true }, list: [true] },
        after_sensitive: { token: true, nested: { pw: true }, list: [false] },
      }),
    ]
    const plan = read(changes, { o: { actions: ['create'], before: null, after: 'out-secret', after_sensitive: true } })
    expect(plan.changes).toEqual([
      { path: 'x.a.id', isUnknown: true },
      { path: 'x.a.list', isSensitive: true },
      { path: 'x.a.name', before: 'a', after: 'b' },
      { path: 'x.a.nested', isSensitive: true },
      { path: 'x.a.token', isSensitive: true },
      { path: 'output.o', isSensitive: true },
    ])
    expect(JSON.stringify(plan)).not.toMatch(/secret/)
    expect(plan.outputs).toEqual(['o'])
  })

  it('shows nothing of a resource that is sensitive as a whole', () => {
    const plan = read([change(['create'], { after: { key: 'secret-1' }, after_sensitive: true })])
    expect(plan.changes).toEqual([{ path: 'x.a.key', isSensitive: true }])
  })
})

describe('readStreamLine', () => {
  it.each([
    ['{"type":"apply_start","hook":{"resource":{"addr":"x.a"},"action":"create"}}', { kind: 'started', address: 'x.a', action: 'create' }],
    ['{"type":"apply_complete","hook":{"resource":{"addr":"x.a"},"action":"create"}}', { kind: 'finished', address: 'x.a', action: 'create' }],
    [
      '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"Bad","detail":"secret","range":{"filename":"main.tf","start":{"line":3}}}}',
      { kind: 'error', summary: 'Bad', place: 'main.tf:3' },
    ],
    ['{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"Hm"}}', undefined],
    ['{"type":"of the future"}', undefined],
    ['not json', undefined],
    ['null', undefined],
  ])('%s', (text, expected) => expect(readStreamLine(text)).toEqual(expected))

  it('says where an error is', () =>
    expect(
      errorText([
        { kind: 'error', summary: 'Bad', place: 'main.tf:3' },
        { kind: 'error', summary: 'Worse', place: undefined },
      ]),
    ).toBe('Bad (main.tf:3); Worse'))
})

it('says how to install a binary that is not there', async () => {
  await expect(findTofu({ realDir: '/nonexistent', path: '/also/nonexistent:relative' })).rejects.toMatchObject({
    code: 'provisioning.terraform.not_installed',
    message: expect.stringContaining('npm run real -- opentofu') as string,
  })
})
