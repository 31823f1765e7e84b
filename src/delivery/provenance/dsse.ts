import { bundleFromJSON, bundleToJSON, toDSSEBundle } from '@sigstore/bundle'
import { isSignedBy, type Signer, type TrustedKey } from './signing-key.ts'

/** Media type of a Sigstore bundle 0.3, which carries the DSSE envelope: `cosign verify-blob-attestation --key` reads it. */
export const SIGSTORE_BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
/** `payloadType` of a DSSE envelope with an in-toto statement. */
export const IN_TOTO_PAYLOAD = 'application/vnd.in-toto+json'

/** The bytes that are signed: DSSE's pre-authentication encoding (secure-systems-lab/dsse, protocol.md v1.0.2). */
export function preAuthenticationEncoding(payloadType: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.byteLength} `), payload])
}

/** Signs a payload into a Sigstore bundle (JSON bytes). */
export function signBundle(signer: Signer, payload: Uint8Array): Buffer {
  const bundle = toDSSEBundle({
    artifact: Buffer.from(payload),
    artifactType: IN_TOTO_PAYLOAD,
    signature: signer.sign(preAuthenticationEncoding(IN_TOTO_PAYLOAD, payload)),
    keyHint: signer.key.keyId,
  })
  return Buffer.from(JSON.stringify(bundleToJSON(bundle)))
}

/** What a bundle's signature is worth: the signed payload and who signed, or why it is worth nothing. */
export type OpenedBundle = { isSigned: true; payload: Buffer; keyId: string } | { isSigned: false; why: string }

/** Opens a bundle whose signature one of the trusted keys made. Nothing in the bundle says what is trusted: its key hint only chooses among `trusted`. */
export function openBundle(bytes: Uint8Array, trusted: readonly TrustedKey[]): OpenedBundle {
  let bundle: ReturnType<typeof bundleFromJSON>
  try {
    bundle = bundleFromJSON(JSON.parse(Buffer.from(bytes).toString('utf8')))
  } catch {
    return { isSigned: false, why: 'it is no Sigstore bundle' }
  }
  if (bundle.content.$case !== 'dsseEnvelope') return { isSigned: false, why: 'it holds no DSSE envelope' }
  const envelope = bundle.content.dsseEnvelope
  if (envelope.payloadType !== IN_TOTO_PAYLOAD)
    return { isSigned: false, why: `its payload is "${envelope.payloadType.slice(0, 100)}", not an in-toto statement` }
  const [signature] = envelope.signatures
  if (!signature) return { isSigned: false, why: 'it has no signature' }
  const key = trusted.find((candidate) => candidate.keyId === signature.keyid)
  if (!key) return { isSigned: false, why: 'it was signed by a key that is not trusted here' }
  const signed = preAuthenticationEncoding(envelope.payloadType, envelope.payload)
  if (!isSignedBy(key, signed, signature.sig)) return { isSigned: false, why: 'the signature does not fit the statement' }
  return { isSigned: true, payload: envelope.payload, keyId: key.keyId }
}
