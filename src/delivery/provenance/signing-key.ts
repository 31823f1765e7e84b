import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { Secret } from '#kernel/common/secret'
import { provenanceFaults } from './provenance-faults.ts'

/** Where the private key is kept, sealed. The platform's secret store is passed in by main. */
export interface SigningKeyStore {
  /** PKCS #8 PEM; undefined when there is none yet. */
  find: () => Promise<Secret | undefined>
  /** Keeps the key unless one is there already. */
  create: (key: Secret) => Promise<void>
}

/** A public key that signatures are checked with. */
export interface TrustedKey {
  /** SHA-256 (hex) of the key's SPKI form: what a signature names as its `keyid`. */
  keyId: string
  /** SPKI PEM. */
  publicKeyPem: string
}

/** Signs with Ed25519. The private key never leaves it. */
export interface Signer {
  readonly key: TrustedKey
  sign(bytes: Uint8Array): Buffer
}

/** The signer whose key is in the store; the first call makes one. @throws `delivery.provenance.bad_key`. */
export async function loadSigner(store: SigningKeyStore): Promise<Signer> {
  if (!(await store.find())) {
    const { privateKey } = generateKeyPairSync('ed25519')
    await store.create(new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()))
  }
  // Read back: of two that made one at the same moment, the kept one counts for both.
  const kept = await store.find()
  if (!kept) throw provenanceFaults.bad_key({ why: 'the secret store did not keep it' })
  return signerOf(kept)
}

function signerOf(secret: Secret): Signer {
  const privateKey = parse(secret)
  const publicKey = createPublicKey(privateKey)
  const key: TrustedKey = { keyId: keyIdOf(publicKey), publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
  return { key, sign: (bytes) => sign(null, bytes, privateKey) }
}

function parse(secret: Secret): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(secret.reveal())
  } catch {
    // The cause is left out on purpose: it may quote the key.
    throw provenanceFaults.bad_key({ why: 'it is no PKCS #8 PEM' })
  }
  if (key.asymmetricKeyType !== 'ed25519') throw provenanceFaults.bad_key({ why: 'it is no Ed25519 key' })
  return key
}

function keyIdOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

/** True when `signature` over `bytes` is by that key. */
export function isSignedBy(key: TrustedKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, bytes, key.publicKeyPem, signature)
  } catch {
    return false
  }
}
