import { describe, expect, test } from 'vitest'
import { topicsOf } from './topics.ts'

describe('topicsOf', () => {
  test.each([
    ['change/chg_1', ['events', 'changes', 'environments', 'campaigns']],
    ['run/run_1', ['events', 'runs', 'pullRequests']],
    ['pull-request/acme/orders/7', ['events', 'pullRequests', 'campaigns']],
    ['component:default/orders', ['events', 'entities', 'templates', 'environments']],
    ['entity/component:default/orders', ['events', 'entities', 'templates', 'environments']],
    ['source/git:acme/orders', ['events', 'entities', 'templates', 'environments']],
    ['location/1', ['events', 'entities', 'locations', 'templates', 'environments']],
    ['view/viw_1', ['events', 'views']],
    ['nobody-knows/x', ['events']],
    ['', ['events']],
  ])('%s makes %j old', (subject, topics) => {
    expect(topicsOf(subject)).toEqual(topics)
  })
})
