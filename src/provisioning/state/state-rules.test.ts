import { describe, expect, it } from 'vitest'
import { judgeUnlock, judgeWrite, readLockInfo, readStateText, type HeldLock, type StateActor, type StateHead } from './state-rules.ts'

const mine: StateActor = { principal: 'service:default/runs', credentialId: 'tok_1', isAdministrator: false }
const other: StateActor = { ...mine, credentialId: 'tok_2' }
const admin: StateActor = { principal: 'user:default/admin', credentialId: 'tok_9', isAdministrator: true }
const held: HeldLock = { info: { ID: 'one' }, principal: mine.principal, credentialId: 'tok_1' }
const head: StateHead = { lineage: 'l', serial: 4, md5: 'old' }
const next: StateHead = { lineage: 'l', serial: 5, md5: 'new' }

describe('judgeWrite', () => {
  it.each([
    ['the holder goes on', { lockId: 'one', actor: mine, incoming: next }, held, head, 'write'],
    ['the first state', { lockId: 'one', actor: mine, incoming: next }, held, undefined, 'write'],
    ['without locking at all', { lockId: undefined, actor: mine, incoming: next }, undefined, head, 'write'],
    ['the same again, after a lost answer', { lockId: 'one', actor: mine, incoming: head }, held, head, 'same'],
    ['no id while it is locked', { lockId: undefined, actor: mine, incoming: next }, held, head, 'locked'],
    ['another id', { lockId: 'two', actor: mine, incoming: next }, held, head, 'locked'],
    ['the right id, read from a refusal, by another credential', { lockId: 'one', actor: other, incoming: next }, held, head, 'locked'],
    ['not even an administrator', { lockId: 'one', actor: admin, incoming: next }, held, head, 'locked'],
    ['a lock that was broken meanwhile', { lockId: 'one', actor: mine, incoming: next }, undefined, head, 'refused'],
    ['another lineage', { lockId: 'one', actor: mine, incoming: { ...next, lineage: 'x' } }, held, head, 'refused'],
    ['an older serial', { lockId: 'one', actor: mine, incoming: { ...next, serial: 3 } }, held, head, 'refused'],
    ['the same serial with other content', { lockId: 'one', actor: mine, incoming: { ...next, serial: 4 } }, held, head, 'refused'],
    ['an encrypted state, which shows neither', { lockId: 'one', actor: mine, incoming: { lineage: null, serial: null, md5: 'new' } }, held, head, 'write'],
  ])('%s', (_what, request, lock, current, outcome) => expect(judgeWrite(request, lock, current).outcome).toBe(outcome))
})

describe('judgeUnlock', () => {
  it.each([
    ['the holder', 'one', mine, held, 'open'],
    ['the holder by force', undefined, mine, held, 'open'],
    ['an administrator by force', undefined, admin, held, 'open'],
    ['another credential that read the id', 'one', other, held, 'refused'],
    ['another credential by force', undefined, other, held, 'refused'],
    ['the holder with another id', 'two', mine, held, 'refused'],
    ['of no lock', 'one', mine, undefined, 'nothing'],
  ])('%s', (_what, lockId, actor, lock, verdict) => expect(judgeUnlock({ lockId, actor }, lock)).toBe(verdict))
})

it.each([
  ['{"lineage":"l","serial":3}', { lineage: 'l', serial: 3 }],
  ['{"meta":{},"encrypted_data":"x"}', { lineage: null, serial: null }],
  ['[]', undefined],
  ['', undefined],
  ['null', undefined],
])('reads %s', (text, expected) => expect(readStateText(text)).toEqual(expected))

it.each(['', '{}', '{"ID":""}', '{"ID":3}', 'null', '<'])('takes %j for no lock', (text) => expect(readLockInfo(text)).toBeUndefined())
