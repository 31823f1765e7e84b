import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '#kernel/common/secret'
import { revealSecrets } from './task-secrets.ts'

const secrets = { TOKEN: new Secret('hunter2'), OTHER: new Secret('xyz') }

describe('revealSecrets', () => {
  it.each([
    [{ a: { $secret: ['Bearer ', { name: 'TOKEN' }] } }, { a: 'Bearer hunter2' }],
    [
      [{ $secret: [{ name: 'TOKEN' }, '-', { name: 'OTHER' }] }, 1, null],
      ['hunter2-xyz', 1, null],
    ],
    // Only the whole form is one: a body may have a member of that name.
    [
      { $secret: ['a'], more: 1 },
      { $secret: ['a'], more: 1 },
    ],
    [{ $secret: 'a' }, { $secret: 'a' }],
  ])('%j becomes %j', (value, expected) => {
    expect(revealSecrets(value, secrets)).toEqual(expected)
  })

  it.each([[{ $secret: [{ name: 'ABSENT' }] }], [{ $secret: [{ name: 'toString' }] }], [{ $secret: [{}] }]])('refuses %j', (value) => {
    expect(() => revealSecrets(value as never, secrets)).toThrow(expect.objectContaining({ code: 'platform.scaffolder.secrets_gone' }) as Error)
  })

  it('alters nothing that has no secret in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('$secret'))
        expect(revealSecrets(value as never, secrets)).toEqual(value)
      }),
    )
  })
})
