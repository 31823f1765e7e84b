import { describe, expect, it } from 'vitest'
import { explainSentence, type Explained } from './explain-sentence.ts'
import { findField, isPartOf } from './field-path.ts'
import { changeOf, type LiveMessage } from './live-query.ts'
import { liveText, WaitingMessages } from './live-stream.ts'

const entity = { spec: { owner: 'payments', dependsOn: ['a', 'b'] }, metadata: { annotations: { 'backstage.io/view-url': 'x', a: 'short', 'a.b': 'long' } } }

describe('findField', () => {
  it.each([
    ['spec.owner', ['spec', 'owner'], 'payments'],
    ['spec.dependsOn.1', ['spec', 'dependsOn', 1], 'b'],
    ['metadata.annotations.backstage.io/view-url', ['metadata', 'annotations', 'backstage.io/view-url'], 'x'],
    ['metadata.annotations.a.b', ['metadata', 'annotations', 'a.b'], 'long'],
    ['', [], entity],
  ])('finds %j', (field, keys, value) => {
    expect(findField(entity, field)).toEqual({ keys, value })
  })
  it.each(['spec.nothing', 'spec.dependsOn.7', 'spec.dependsOn.x', 'spec.owner.length', 'constructor', '__proto__.x', '.', 'spec.'])('finds no %j', (field) => {
    expect(findField(entity, field)).toBeUndefined()
  })
})

describe('isPartOf', () => {
  it.each([
    ['spec.owner', 'spec.owner', true],
    ['spec.owner', 'spec', true],
    ['spec', 'spec.owner', true],
    ['', 'spec.owner', true],
    ['spec.own', 'spec.owner', false],
    ['metadata.tags', 'spec.tags', false],
  ])('%j and %j: %j', (one, other, expected) => {
    expect(isPartOf(one, other)).toBe(expected)
  })
})

describe('the sentence', () => {
  const explained: Explained = {
    ref: 'component:default/orders',
    field: 'spec.owner',
    value: 'payments',
    source: { file: 'catalog-info.yaml', line: 7, column: 10, repository: 'acme/orders', commit: '0123456789abcdef', location: 'url:x' },
    last: { at: '2026-11-22T10:00:00.000Z', actor: 'user:default/ana', changeId: null, commit: '0123456789abcdef', kind: 'altered' },
    relations: [],
    problems: [],
  }
  it.each<[string, Partial<Explained>, string]>([
    [
      'a field',
      {},
      'spec.owner of component:default/orders is "payments", by catalog-info.yaml:7:10 in acme/orders at 01234567. user:default/ana last altered it on 2026-11-22 by commit 01234567.',
    ],
    ['the whole', { field: '', value: {}, last: null }, 'component:default/orders is declared in catalog-info.yaml:7:10 in acme/orders at 01234567.'],
    ['what is not there', { value: null, last: null }, 'component:default/orders has no spec.owner.'],
    [
      'what lies in no repository',
      { source: { ...explained.source, repository: '', file: '', line: null, column: null, location: 'scim:users' }, last: null },
      'spec.owner of component:default/orders is "payments", by scim:users.',
    ],
  ])('says %s', (_what, some, expected) => {
    expect(explainSentence({ ...explained, ...some })).toBe(expected)
  })
})

describe('live lists', () => {
  it.each([
    [false, true, true, 'added'],
    [true, true, true, 'altered'],
    [true, false, true, 'left'],
    [true, false, false, 'removed'],
    [false, false, true, undefined],
    [false, false, false, undefined],
  ])('was in it %j, is in it %j, exists %j: %j', (was, is, exists, expected) => {
    expect(changeOf(was, is, exists)).toBe(expected)
  })

  it('keeps for a slow reader no more than a thousand changes, then only the state', () => {
    const state: LiveMessage = { event: 'state', version: 9, total: 1 }
    const waiting = new WaitingMessages()
    for (let version = 0; version < 1_001; version++) waiting.push({ event: 'changed', version, ref: 'a', change: 'altered' })
    expect(waiting.shift(() => state)).toEqual(state)
    expect(waiting.shift(() => state)).toBeUndefined()
    waiting.push({ event: 'changed', version: 2_000, ref: 'a', change: 'altered' })
    expect(waiting.shift(() => state)).toMatchObject({ version: 2_000 })
  })

  it('writes one event a message', () => {
    expect(liveText({ event: 'state', version: 3, total: 2 })).toBe('id: 3\nevent: state\ndata: {"version":3,"total":2}\n\n')
  })
})
