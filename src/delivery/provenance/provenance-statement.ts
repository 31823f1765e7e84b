import { z } from 'zod'
import { canonicalJson } from '#kernel/common/json'

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1'
/** `predicateType` of SLSA provenance 1.0. */
export const SLSA_PREDICATE = 'https://slsa.dev/provenance/v1'
/** `buildType` of a build by a workflow of ours. */
export const WORKFLOW_BUILD_TYPE = 'https://fairway.dev/buildtypes/workflow/v1'

/** What a build was made from and by. */
export interface BuildFacts {
  /** `sha256:…` of the OCI manifest. */
  digest: string
  /** `acme/orders` */
  repository: string
  /** Full commit id. */
  commit: string
  /** `refs/heads/main` */
  ref: string
  /** `.github/workflows/ci.yml` */
  workflow: string
  runId: string
  builderId: string
  startedAt: Date
  finishedAt: Date
}

/** The in-toto statement v1 with a SLSA provenance v1 predicate, as bytes: the same facts give the same bytes. */
export function provenanceStatement(facts: BuildFacts): Buffer {
  return Buffer.from(
    canonicalJson({
      _type: STATEMENT_TYPE,
      subject: [{ name: facts.repository, digest: { sha256: facts.digest.replace(/^sha256:/, '') } }],
      predicateType: SLSA_PREDICATE,
      predicate: {
        buildDefinition: {
          buildType: WORKFLOW_BUILD_TYPE,
          externalParameters: { repository: facts.repository, ref: facts.ref, workflow: facts.workflow },
          resolvedDependencies: [{ uri: `git+fairway:${facts.repository}@${facts.ref}`, digest: { gitCommit: facts.commit } }],
        },
        runDetails: {
          builder: { id: facts.builderId },
          metadata: { invocationId: facts.runId, startedOn: facts.startedAt.toISOString(), finishedOn: facts.finishedAt.toISOString() },
        },
      },
    }),
  )
}

// SLSA v1.0, "Verifying artifacts": unknown fields are ignored, but unknown external parameters are refused.
const statementSchema = z.looseObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.looseObject({ digest: z.record(z.string(), z.string()) })).min(1),
  predicateType: z.string(),
  predicate: z.looseObject({
    buildDefinition: z.looseObject({
      buildType: z.string(),
      externalParameters: z.record(z.string(), z.unknown()),
      resolvedDependencies: z.array(z.looseObject({ digest: z.record(z.string(), z.string()).optional() })).optional(),
    }),
    runDetails: z.looseObject({ builder: z.looseObject({ id: z.string() }), metadata: z.looseObject({ invocationId: z.string().optional() }).optional() }),
  }),
})

/** An in-toto statement v1 with SLSA provenance v1. */
export type ProvenanceStatement = z.infer<typeof statementSchema>

/** The statement, or undefined when the bytes are none. */
export function parseStatement(bytes: Uint8Array): ProvenanceStatement | undefined {
  try {
    return statementSchema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data
  } catch {
    return undefined
  }
}
