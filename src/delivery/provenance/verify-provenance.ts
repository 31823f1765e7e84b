import { openBundle } from './dsse.ts'
import { parseStatement, SLSA_PREDICATE, WORKFLOW_BUILD_TYPE, type ProvenanceStatement } from './provenance-statement.ts'
import type { TrustedKey } from './signing-key.ts'

/** What must be true of the provenance of an artifact. */
export interface ProvenancePolicy {
  trustedKeys: readonly TrustedKey[]
  builderId: string
  /** `acme/orders` */
  repository: string
  /** Full commit id; any when absent. */
  commit?: string | undefined
}

/** The step of verification that failed, in the order in which they are taken. */
type ProvenanceStep = 'attestation' | 'signature' | 'statement' | 'subject' | 'builder' | 'build-type' | 'repository' | 'commit'

/** Whether an artifact is proven to come from a source, or which step of the check failed and why. */
export interface ProvenanceVerdict {
  isVerified: boolean
  /** In the reader's words: what was checked, or which step failed and how. */
  reason: string
  failedStep: ProvenanceStep | null
  builder: string | null
  keyId: string | null
  /** Run that the builder says made it. */
  runId: string | null
}

/** Judges an artifact by its attestations (Sigstore bundles). One good attestation is enough; of several bad ones, the one that came furthest is told. */
export function verifyProvenance(digest: string, bundles: readonly Uint8Array[], policy: ProvenancePolicy): ProvenanceVerdict {
  const verdicts = bundles.map((bundle) => judge(digest, bundle, policy))
  const good = verdicts.find((verdict) => verdict.isVerified)
  if (good) return good
  const furthest = verdicts.sort((a, b) => STEPS.indexOf(b.failedStep ?? 'attestation') - STEPS.indexOf(a.failedStep ?? 'attestation'))[0]
  return furthest ?? refused('attestation', `nobody attested how ${digest} was built`)
}

const STEPS: readonly ProvenanceStep[] = ['attestation', 'signature', 'statement', 'subject', 'builder', 'build-type', 'repository', 'commit']
const EXTERNAL_PARAMETERS = ['repository', 'ref', 'workflow']

function judge(digest: string, bundle: Uint8Array, policy: ProvenancePolicy): ProvenanceVerdict {
  const opened = openBundle(bundle, policy.trustedKeys)
  if (!opened.isSigned) return refused('signature', `the attestation is not to be trusted: ${opened.why}`)
  const statement = parseStatement(opened.payload)
  if (!statement || statement.predicateType !== SLSA_PREDICATE) return refused('statement', 'what was signed is no SLSA provenance v1', { keyId: opened.keyId })
  const { buildDefinition, runDetails } = statement.predicate
  const told = { keyId: opened.keyId, builder: runDetails.builder.id, runId: runDetails.metadata?.invocationId ?? null }
  const failure = failureOf(digest, statement, policy)
  if (failure) return refused(failure.step, failure.reason, told)
  return {
    isVerified: true,
    reason: `built by ${told.builder} from ${String(buildDefinition.externalParameters['repository'])} at ${commitOf(statement) ?? 'an unnamed commit'}`,
    failedStep: null,
    ...told,
  }
}

function failureOf(digest: string, statement: ProvenanceStatement, policy: ProvenancePolicy): { step: ProvenanceStep; reason: string } | undefined {
  const { buildDefinition, runDetails } = statement.predicate
  const subjects = statement.subject.map((subject) => `sha256:${subject.digest['sha256'] ?? ''}`)
  if (!subjects.includes(digest)) return { step: 'subject', reason: `the attestation is about ${subjects.join(', ')}, not ${digest}` }
  if (runDetails.builder.id !== policy.builderId)
    return { step: 'builder', reason: `it was built by "${runDetails.builder.id}", but only "${policy.builderId}" is trusted` }
  if (buildDefinition.buildType !== WORKFLOW_BUILD_TYPE) return { step: 'build-type', reason: `its build type "${buildDefinition.buildType}" is unknown` }
  const unknown = Object.keys(buildDefinition.externalParameters).filter((name) => !EXTERNAL_PARAMETERS.includes(name))
  if (unknown.length > 0) return { step: 'build-type', reason: `it was built with parameters that nobody knows: ${unknown.join(', ')}` }
  const repository = buildDefinition.externalParameters['repository']
  if (repository !== policy.repository) return { step: 'repository', reason: `it was built from "${String(repository)}", not from "${policy.repository}"` }
  const commit = commitOf(statement)
  if (policy.commit !== undefined && commit !== policy.commit)
    return { step: 'commit', reason: `it was built from commit ${commit ?? 'unknown'}, not ${policy.commit}` }
  return undefined
}

function commitOf(statement: ProvenanceStatement): string | undefined {
  return statement.predicate.buildDefinition.resolvedDependencies?.find((dependency) => dependency.digest?.['gitCommit'] !== undefined)?.digest?.['gitCommit']
}

function refused(failedStep: ProvenanceStep, reason: string, told: Partial<ProvenanceVerdict> = {}): ProvenanceVerdict {
  return { isVerified: false, reason, failedStep, builder: null, keyId: null, runId: null, ...told }
}
