import { inspect } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { maskSecrets, Secret } from './secret.ts'

it('never prints: not in text, JSON, templates, inspection or errors', () => {
  const secret = new Secret('hunter2-and-more')
  const printed = [
    String(secret),
    JSON.stringify({ secret }),
    secret.toString(),
    inspect({ deep: { secret } }, { depth: 9, showHidden: true }),
    new Error(`bad ${String(secret)}`).message,
    Object.values(secret).join(''),
  ]
  expect(printed.join('\n')).not.toContain('hunter2')
  expect(secret.reveal()).toBe('hunter2-and-more')
})

it('masks a secret and its common encodings wherever they stand', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 6, maxLength: 40, unit: 'binary-ascii' }).filter((text) => text.trim().length >= 6),
      fc.lorem(),
      (plain, around) => {
        const secret = new Secret(plain)
        const text = `${around} ${plain} ${encodeURIComponent(plain)} ${Buffer.from(plain).toString('base64')} ${around}`
        const masked = maskSecrets(text, [secret])
        expect(around.includes(plain) || !masked.includes(plain)).toBe(true)
        expect(masked).not.toContain(Buffer.from(plain).toString('base64').replace(/=+$/, ''))
      },
    ),
  )
})
