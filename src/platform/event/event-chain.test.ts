import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '#kernel/common/event'
import type { JsonObject } from '#kernel/common/json'
import { chainBody, chainHash, followChain, GENESIS_HASH } from './event-chain.ts'
import { matchesTopics, sseMessage } from './event-stream.ts'

const start = { sequence: 0, hash: GENESIS_HASH }

function chainOf(data: readonly JsonObject[]): RecordedEvent[] {
  let hash = GENESIS_HASH
  return data.map((value, index) => {
    const draft = { type: 'test.thing.done', subject: `thing/${index}`, actor: 'system:fairway', at: new Date(index * 1000), data: value }
    hash = chainHash(hash, index + 1, chainBody(draft))
    return { ...draft, sequence: index + 1, hash }
  })
}

const chains = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())), { minLength: 2, maxLength: 12 }).map(chainOf)

describe('followChain', () => {
  it('accepts every chain that was made by appending', () => {
    fc.assert(
      fc.property(chains, (events) => {
        expect(followChain(start, events).firstBroken).toBeUndefined()
      }),
    )
  })

  it('finds any one alteration, removal or swap', () => {
    const tamper = fc.constantFrom('data', 'actor', 'at', 'remove', 'swap') as fc.Arbitrary<string>
    fc.assert(
      fc.property(chains, fc.nat(), tamper, (events, seed, kind) => {
        const at = seed % (events.length - 1) // not the last: a cut tail is only seen against the head
        const target = events[at] as RecordedEvent
        const altered = events.slice()
        if (kind === 'remove') altered.splice(at, 1)
        else if (kind === 'swap') altered.splice(at, 2, events[at + 1] as RecordedEvent, target)
        else if (kind === 'data') altered[at] = { ...target, data: { ...target.data, forged: 1 } }
        else if (kind === 'actor') altered[at] = { ...target, actor: 'user:default/eve' }
        else altered[at] = { ...target, at: new Date(target.at.getTime() + 1) }
        expect(followChain(start, altered).firstBroken?.sequence).toBe(at + 1)
      }),
    )
  })
})

describe('matchesTopics', () => {
  const event = { type: 'platform.change.started', subject: 'change/chg_1' }
  it.each([
    [[], true],
    [['*'], true],
    [['change'], true],
    [['change/chg_1'], true],
    [['change/chg'], false],
    [['platform.change'], true],
    [['platform.chan'], false],
    [['run', 'platform'], true],
    [['run'], false],
  ])('%j -> %s', (topics, expected) => expect(matchesTopics(event, topics)).toBe(expected))
})

it('keeps an event on one line of a stream, whatever is in it', () => {
  const event: RecordedEvent = { sequence: 7, type: 'a\nevent: b', subject: 's', actor: 'x', at: new Date(0), data: { text: 'one\n\ndata: two' }, hash: '' }
  expect(sseMessage(event).split('\n')).toHaveLength(5)
})
