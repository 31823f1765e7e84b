import { generateKeyPairSync } from 'node:crypto'
import { bundleFromJSON } from '@sigstore/bundle'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Secret } from '#kernel/common/secret'
import {
  loadSigner,
  preAuthenticationEncoding,
  provenanceStatement,
  signBundle,
  verifyProvenance,
  type BuildFacts,
  type Signer,
  type SigningKeyStore,
} from './index.ts'

class MemoryKeyStore implements SigningKeyStore {
  key: Secret | undefined
  find = async (): Promise<Secret | undefined> => this.key
  create = async (key: Secret): Promise<void> => {
    this.key ??= key
  }
}

const digest = `sha256:${'a'.repeat(64)}`
const commit = 'c'.repeat(40)
const facts: BuildFacts = {
  digest,
  repository: 'acme/orders',
  commit,
  ref: 'refs/heads/main',
  workflow: '.github/workflows/ci.yml',
  runId: 'run_1',
  builderId: 'https://fairway.dev/builders/runner/v1',
  startedAt: new Date('2026-01-01T00:00:00Z'),
  finishedAt: new Date('2026-01-01T00:01:00Z'),
}
const signer: Signer = await loadSigner(new MemoryKeyStore())
const stranger: Signer = await loadSigner(new MemoryKeyStore())
const policy = { trustedKeys: [signer.key], builderId: facts.builderId, repository: facts.repository, commit }

type Document = Record<string, never> & { [key: string]: Document }
const bundleOf = (change: Partial<BuildFacts> = {}, by: Signer = signer): Buffer => signBundle(by, provenanceStatement({ ...facts, ...change }))
/** The bundle with something in it altered after signing. */
function tampered(alter: (bundle: Document) => void): Buffer {
  const bundle = JSON.parse(bundleOf().toString()) as Document
  alter(bundle)
  return Buffer.from(JSON.stringify(bundle))
}
/** A statement that the right key signed, but that says something else. */
function signedStatement(alter: (statement: Document) => void): Buffer {
  const statement = JSON.parse(provenanceStatement(facts).toString()) as Document
  alter(statement)
  return signBundle(signer, Buffer.from(JSON.stringify(statement)))
}
const set = (target: unknown, key: string, value: unknown): void => void ((target as Record<string, unknown>)[key] = value)
const payloadWith = (change: Partial<BuildFacts>): string => provenanceStatement({ ...facts, ...change }).toString('base64')

describe('verifyProvenance', () => {
  it('accepts what the trusted builder attested', () => {
    expect(verifyProvenance(digest, [bundleOf()], policy)).toEqual({
      isVerified: true,
      reason: `built by ${facts.builderId} from acme/orders at ${commit}`,
      failedStep: null,
      builder: facts.builderId,
      keyId: signer.key.keyId,
      runId: 'run_1',
    })
  })

  it.each([
    ['no attestation', [], 'attestation', 'nobody attested'],
    ['bytes that are no bundle', [Buffer.from('nope')], 'signature', 'no Sigstore bundle'],
    ['an altered statement', [tampered((b) => set(b['dsseEnvelope'], 'payload', payloadWith({ commit: 'd'.repeat(40) })))], 'signature', 'does not fit'],
    [
      'an altered signature',
      [tampered((b) => set(b['dsseEnvelope']?.['signatures']?.['0'], 'sig', Buffer.alloc(64, 1).toString('base64')))],
      'signature',
      'does not fit',
    ],
    ['another payload type', [tampered((b) => set(b['dsseEnvelope'], 'payloadType', 'text/plain'))], 'signature', 'not an in-toto statement'],
    ['no signature', [tampered((b) => set(b['dsseEnvelope'], 'signatures', []))], 'signature', 'no Sigstore bundle'],
    ['a stranger as signer', [bundleOf({}, stranger)], 'signature', 'not trusted'],
    ['a stranger who names our key', [bundleOf({}, { ...stranger, key: { ...stranger.key, keyId: signer.key.keyId } })], 'signature', 'does not fit'],
    ['another artifact', [bundleOf({ digest: `sha256:${'b'.repeat(64)}` })], 'subject', `not ${digest}`],
    ['another builder', [bundleOf({ builderId: 'https://evil.example/builder' })], 'builder', 'evil.example'],
    ['another repository', [bundleOf({ repository: 'evil/orders' })], 'repository', 'evil/orders'],
    ['another commit', [bundleOf({ commit: 'd'.repeat(40) })], 'commit', 'd'.repeat(40)],
    ['another predicate', [signedStatement((s) => set(s, 'predicateType', 'https://example.com/x'))], 'statement', 'no SLSA provenance'],
    ['another statement type', [signedStatement((s) => set(s, '_type', 'https://in-toto.io/Statement/v0.1'))], 'statement', 'no SLSA provenance'],
    ['another build type', [signedStatement((s) => set(s['predicate']?.['buildDefinition'], 'buildType', 'x'))], 'build-type', '"x" is unknown'],
    [
      'unknown external parameters',
      [signedStatement((s) => set(s['predicate']?.['buildDefinition']?.['externalParameters'], 'skipTests', true))],
      'build-type',
      'skipTests',
    ],
    [
      'several bad ones: the furthest is told',
      [Buffer.from('nope'), bundleOf({ repository: 'evil/orders' }), bundleOf({ builderId: 'x' })],
      'repository',
      'evil/orders',
    ],
  ])('refuses %s', (_what, bundles, step, words) => {
    const verdict = verifyProvenance(digest, bundles, policy)
    expect(verdict).toMatchObject({ isVerified: false, failedStep: step })
    expect(verdict.reason).toContain(words)
  })

  it('is not put off by bad attestations beside a good one', () => {
    expect(verifyProvenance(digest, [Buffer.from('nope'), bundleOf({}, stranger), bundleOf()], policy).isVerified).toBe(true)
  })

  it('never accepts a bundle with any byte of its envelope altered', () => {
    const envelope = JSON.parse(bundleOf().toString()) as { dsseEnvelope: { payload: string } }
    const payload = Buffer.from(envelope.dsseEnvelope.payload, 'base64')
    fc.assert(
      fc.property(fc.integer({ min: 0, max: payload.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const altered = Buffer.from(payload)
        altered[at] = (altered[at] ?? 0) ^ flip
        const bundle = tampered((document) => set(document['dsseEnvelope'], 'payload', altered.toString('base64')))
        expect(verifyProvenance(digest, [bundle], policy).isVerified).toBe(false)
      }),
    )
  })
})

describe('the formats', () => {
  it('encode what is signed as DSSE says', () => {
    // The example of secure-systems-lab/dsse, protocol.md.
    expect(preAuthenticationEncoding('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
      'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
    )
  })

  it('are a bundle that the Sigstore library reads', () => {
    const bundle = bundleFromJSON(JSON.parse(bundleOf().toString()))
    expect(bundle.mediaType).toBe('application/vnd.dev.sigstore.bundle.v0.3+json')
    expect(bundle.verificationMaterial.content.$case).toBe('publicKey')
  })

  it('give the same statement for the same facts', () => {
    expect(provenanceStatement(facts)).toEqual(provenanceStatement({ ...facts }))
  })
})

describe('loadSigner', () => {
  it('keeps one key for ever, also when two make it at once', async () => {
    const store = new MemoryKeyStore()
    const [a, b] = await Promise.all([loadSigner(store), loadSigner(store)])
    expect(a.key).toEqual(b.key)
    expect((await loadSigner(store)).key).toEqual(a.key)
  })

  it.each([
    ['garbage', 'not a key canary'],
    ['an RSA key', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ])('refuses %s, without quoting it', async (_what, text) => {
    const store = new MemoryKeyStore()
    store.key = new Secret(text)
    const failure = await loadSigner(store).then(
      () => undefined,
      (error: unknown) => error as Error,
    )
    expect(failure).toMatchObject({ code: 'delivery.provenance.bad_key' })
    expect(failure?.message).not.toContain('canary')
  })
})
