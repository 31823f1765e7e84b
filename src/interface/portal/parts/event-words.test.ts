import { describe, expect, test } from 'vitest'
import { eventHref, eventSubject, eventWords, subjectHref, subjectWords } from './event-words.ts'

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

  test.each([
    ['change/chg_1', { title: 'Deploy orders v1 to dev', component: 'orders' }, 'Deploy orders v1 to dev', '/changes/chg_1'],
    ['release/rel_1', { component: 'orders', version: 3 }, 'orders v3', '/releases/rel_1'],
    ['run/run_1', { repository: 'acme/orders', number: 12 }, 'acme/orders #12', '/pipelines/run_1'],
    ['job/job_1', { repository: 'acme/orders', name: 'Build and test', run: 'run_1' }, 'acme/orders Build and test', '/pipelines/run_1'],
    ['artifact/sha256:ab', { component: 'orders', repository: 'acme/orders' }, 'orders', null],
    ['login-link/lnk_1', { user: 'user:default/ana' }, 'ana', null],
    ['session/ses_1', {}, 'ses_1', null],
  ])('%s with %j is about %s', (subject, data, words, href) => {
    expect(eventSubject({ subject, data })).toBe(words)
    expect(eventHref({ subject, data })).toBe(href)
  })
})
