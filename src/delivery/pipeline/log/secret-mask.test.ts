import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '#kernel/common/secret'
import { LineSplitter } from './line-splitter.ts'
import { SecretMask } from './secret-mask.ts'

const secretText = fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 40 }).filter((text) => text.trim().length >= 8 && !text.includes('*'))
const noise = fc.string({ unit: fc.constantFrom(...'xyz \t'.split('')), maxLength: 20 })

const encodings: [string, (text: string) => string][] = [
  ['plain', (text) => text],
  ['base64', (text) => Buffer.from(text).toString('base64').replace(/=+$/, '')],
  ['base64url', (text) => Buffer.from(text).toString('base64url')],
  ['hex', (text) => Buffer.from(text).toString('hex')],
  ['upper hex', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ['url', encodeURIComponent],
  ['json', (text) => JSON.stringify(text).slice(1, -1)],
]

describe('SecretMask', () => {
  it.each(encodings)('hides a secret written as %s', (_name, encode) => {
    fc.assert(
      fc.property(secretText, noise, noise, (secret, before, after) => {
        const masked = new SecretMask([new Secret(secret)]).apply(before + encode(secret) + after)
        // The last sign of base64 is decided by what follows, so it may stay.
        expect(masked).not.toContain(encode(secret).slice(0, -1))
        expect(masked).toContain('***')
      }),
    )
  })

  it.each(['user:', 'u:', 'us:'])('hides a secret inside base64 of a longer text behind %j', (prefix) => {
    const mask = new SecretMask([new Secret('correct-horse-battery')])
    const encoded = Buffer.from(`${prefix}correct-horse-battery\n`).toString('base64')
    expect(Buffer.from(mask.apply(encoded).replaceAll('*', ''), 'base64').toString()).not.toContain('horse')
  })

  it('hides each line of a secret of several lines', () => {
    const mask = new SecretMask([new Secret('-----BEGIN KEY-----\nabcdefgh\nijklmnop\n-----END KEY-----')])
    expect(mask.apply('x ijklmnop y')).toBe('x *** y')
  })

  it('leaves what is too short to be a secret', () => {
    expect(new SecretMask([new Secret('on')]).apply('carry on')).toBe('carry on')
  })
})

describe('LineSplitter', () => {
  it('hides a secret however the output is cut into chunks, also in lines without an end', () => {
    fc.assert(
      fc.property(secretText, fc.array(fc.nat({ max: 300 }), { maxLength: 12 }), fc.boolean(), (secret, cuts, hasEnd) => {
        const lines: string[] = []
        const mask = new SecretMask([new Secret(secret)])
        const splitter = new LineSplitter(mask, (line) => lines.push(line), 64)
        const bytes = Buffer.from(`${'x'.repeat(50)}${secret}${'y'.repeat(70)}${secret}${hasEnd ? '\n' : ''}`)
        const positions = [...new Set(cuts.map((cut) => Math.min(cut, bytes.length)))].sort((a, b) => a - b)
        let from = 0
        for (const to of [...positions, bytes.length]) {
          splitter.push(bytes.subarray(from, to))
          from = to
        }
        splitter.end()
        expect(lines.join('')).not.toContain(secret)
        expect(lines.join('')).toBe(`${'x'.repeat(50)}***${'y'.repeat(70)}***`)
      }),
    )
  })
})
