import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import type { Secret } from '#kernel/common/secret'

const ITERATIONS = 4096

/**
 * What PostgreSQL stores of a password under SCRAM-SHA-256 (RFC 5802, RFC 7677). Sent in its place, so that the password itself is in no
 * statement, and so in no server log or activity view. For ASCII passwords, which SASLprep leaves as they are.
 */
export function scramVerifier(password: Secret, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password.reveal(), salt, ITERATIONS, 32, 'sha256')
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest()
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${hmac('Server Key').toString('base64')}`
}
