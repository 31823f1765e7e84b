import { describe, expect, test } from 'vitest'
import { eventWords, subjectHref, subjectWords } from './event-words.ts'

describe('events in words', () => {
  test.each([
    ['delivery.release.created', 'release created'],
    ['platform.change.rolled_back', 'change rolled back'],
  ])('%s reads %s', (type, words) => {
    expect(eventWords(type)).toBe(words)
  })

  test.each([
    ['change/chg_1', '/changes/chg_1', 'chg_1'],
    ['run/run_1', '/pipelines/run_1', 'run_1'],
    ['release/rel_1', '/releases/rel_1', 'rel_1'],
    ['entity/component:default/orders', '/components/orders', 'orders'],
    ['group:default/payments', '/entities/group/default/payments', 'payments'],
    ['workload/orders/production/rel_1', '/components/orders', 'orders/production/rel_1'],
    ['token/tok_1', null, 'tok_1'],
  ])('%s leads to %s', (subject, href, words) => {
    expect(subjectHref(subject)).toBe(href)
    expect(subjectWords(subject)).toBe(words.length > 14 ? subjectWords(subject) : words)
  })
})
