import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { secretFaults } from './secret-faults.ts'

/*
 * A sealed value: 1 byte format (1), 8 bytes master key id, 12 nonce, 32 wrapped data key, 16 tag | 12 nonce, ciphertext, 16 tag.
 * AES-256-GCM twice (NIST SP 800-38D): the data key under the master key, the value under the data key. Each data key seals one value,
 * so a nonce is never used again; wrapped keys use 96 random bits, safe for 2^32 values per master key.
 * Both are bound to `context`: what was sealed for one path and version opens for no other.
 */
const FORMAT = 1
const KEY_ID_BYTES = 8
const HEAD_BYTES = 1 + KEY_ID_BYTES
const WRAPPED_BYTES = 12 + 32 + 16

export interface MasterKey {
  /** 16 hex characters. */
  id: string
  bytes: Buffer
}

/** Seals `value` for `context` under a fresh data key. */
export function sealEnvelope(key: MasterKey, value: Uint8Array, context: string): Buffer {
  const dataKey = randomBytes(32)
  return Buffer.concat([headOf(key), encrypt(key.bytes, dataKey, context), encrypt(dataKey, value, context)])
}

/** Id of the master key that a sealed value needs; undefined for what we did not seal. */
export function keyIdOf(sealed: Uint8Array): string | undefined {
  if (sealed[0] !== FORMAT || sealed.length < HEAD_BYTES + WRAPPED_BYTES + 28) return undefined
  return Buffer.from(sealed.subarray(1, HEAD_BYTES)).toString('hex')
}

/** @throws `platform.secret.damaged` when it was altered, or sealed for another context. */
export function openEnvelope(key: MasterKey, sealed: Uint8Array, context: string): Buffer {
  return decrypt(unwrap(key, sealed, context), sealed.subarray(HEAD_BYTES + WRAPPED_BYTES), context)
}

/** The same sealed value, its data key under another master key. The value itself is not opened. */
export function rewrapEnvelope(from: MasterKey, to: MasterKey, sealed: Uint8Array, context: string): Buffer {
  return Buffer.concat([headOf(to), encrypt(to.bytes, unwrap(from, sealed, context), context), sealed.subarray(HEAD_BYTES + WRAPPED_BYTES)])
}

function headOf(key: MasterKey): Buffer {
  return Buffer.concat([Buffer.of(FORMAT), Buffer.from(key.id, 'hex')])
}

function unwrap(key: MasterKey, sealed: Uint8Array, context: string): Buffer {
  return decrypt(key.bytes, sealed.subarray(HEAD_BYTES, HEAD_BYTES + WRAPPED_BYTES), context)
}

function encrypt(key: Buffer, value: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(value), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, boxed: Uint8Array, context: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, boxed.subarray(0, 12))
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(boxed.subarray(boxed.length - 16))
    return Buffer.concat([decipher.update(boxed.subarray(12, boxed.length - 16)), decipher.final()])
  } catch (error) {
    throw secretFaults.damaged({ what: context }, { cause: error })
  }
}
