import { describe, expect, it } from 'vitest'
import { childEnvironment, loadSettings } from './settings.ts'

describe('loadSettings', () => {
  it('has a default for everything', () => {
    expect(loadSettings('/checkout', {})).toMatchObject({
      port: 7007,
      ingressPort: 8080,
      host: '127.0.0.1',
      dataDir: '/checkout/.fairway',
      databaseUrl: undefined,
    })
  })

  it('lists every fault at once: wrong values and unknown keys', () => {
    expect(() => loadSettings('/checkout', { FAIRWAY_PORT: 'seven', FAIRWAY_PROT: '1', DATABASE_URL: 'mysql://x' })).toThrow(
      /FAIRWAY_PROT.*unknown|unknown.*FAIRWAY_PROT/,
    )
    expect(() => loadSettings('/checkout', { FAIRWAY_PORT: 'seven', FAIRWAY_PROT: '1', DATABASE_URL: 'mysql://x' })).toThrow(
      expect.objectContaining({ code: 'kernel.config.invalid', message: expect.stringMatching(/(?=.*FAIRWAY_PORT)(?=.*DATABASE_URL)/s) }),
    )
  })

  it('takes an empty value as not set', () => {
    expect(loadSettings('/checkout', { FAIRWAY_PORT: '' }).port).toBe(7007)
  })
})

it('hands children the path, and nothing of the platform', () => {
  expect(childEnvironment({ PATH: '/bin', FAIRWAY_TOKEN: 'fwy_x', DATABASE_URL: 'postgres://x' })).toEqual({ PATH: '/bin' })
})
