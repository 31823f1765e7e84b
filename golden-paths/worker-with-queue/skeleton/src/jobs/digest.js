import { createHash } from 'node:crypto'
import { HopelessError } from '../queue/queue-rules.js'

/** Hashes a text: `{ text }` gives `{ sha256, bytes }`. */
export async function digest({ text }) {
  if (typeof text !== 'string') throw new HopelessError('payload.text must be a text')
  return { sha256: createHash('sha256').update(text).digest('hex'), bytes: Buffer.byteLength(text) }
}
