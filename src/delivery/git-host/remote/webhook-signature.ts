import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Secret } from '#kernel/common/secret'

/** Whether `signature` (hex, perhaps behind `sha256=`) is the HMAC-SHA-256 of the body by the secret. Takes as long for a wrong one. */
export function isSignedBy(secret: Secret, body: Uint8Array, signature: string | null): boolean {
  const expected = createHmac('sha256', secret.reveal()).update(body).digest('hex')
  return isSame(expected, (signature ?? '').replace(/^sha256=/, '').toLowerCase())
}

/** Whether two texts are the same. Takes as long for different ones, whatever their lengths. */
export function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
