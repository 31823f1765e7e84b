import { expect, test } from 'vitest'
import { deployInput, intentTitle, type Intent } from './intent.ts'

const cases: [Intent, string, Record<string, unknown>][] = [
  [
    { kind: 'promote', component: 'orders', from: 'staging', to: 'production' },
    'Promote orders to production',
    { component: 'orders', environment: 'production', from: 'staging' },
  ],
  [{ kind: 'rollback', component: 'orders', environment: 'dev' }, 'Roll back orders in dev', { component: 'orders', environment: 'dev', rollback: true }],
  [
    { kind: 'deploy', component: 'orders', environment: 'dev', release: 'rel_1', version: '1' },
    'Deploy orders v1 to dev',
    { component: 'orders', environment: 'dev', release: 'rel_1' },
  ],
]

test.each(cases)('%j is called and planned so', (intent, title, input) => {
  expect(intentTitle(intent)).toBe(title)
  expect(deployInput(intent)).toEqual(input)
})
