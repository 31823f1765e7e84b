import { z } from 'zod'
import { checkDocument, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { findRegion } from '#cloud/region'

const accountDocument = z.looseObject({
  apiVersion: z.literal('fairway.dev/v1'),
  kind: z.literal('CloudAccount'),
  metadata: z.looseObject({ name: z.string().min(1), title: z.string().optional(), description: z.string().optional() }),
  spec: z.strictObject({
    provider: z.enum(['aws', 'azure', 'gcp', 'local']),
    /** Regions that may be used; all of the provider unless told. */
    regions: z.array(z.string().min(1)).min(1).optional(),
    owner: z.string().optional(),
  }),
})

/** An account with a provider (or this machine), as the platform team describes it in Git. */
export interface CloudAccount {
  name: string
  title: string
  description: string
  provider: 'aws' | 'azure' | 'gcp' | 'local'
  /** Names of regions that may be used; empty means all of the provider's. */
  regions: readonly string[]
  owner: string | null
}

/** Reads a `fairway.dev/v1 CloudAccount`. A region that the provider does not have is a problem with its line. */
export function parseAccount(document: SourceDocument): { account: CloudAccount; problems: [] } | { account?: undefined; problems: FieldProblem[] } {
  const checked = checkDocument(document, accountDocument)
  if (!checked.value) return { problems: checked.problems }
  const { metadata, spec } = checked.value
  const unknown = (spec.regions ?? []).flatMap((region, index): FieldProblem[] =>
    findRegion(spec.provider, region)
      ? []
      : [
          {
            field: `spec.regions[${index}]`,
            message: `${spec.provider} has no region "${region}"`,
            file: document.file,
            ...document.locate(['spec', 'regions', index]),
          },
        ],
  )
  if (unknown.length > 0) return { problems: unknown }
  return {
    account: {
      name: metadata.name,
      title: metadata.title ?? metadata.name,
      description: metadata.description ?? '',
      provider: spec.provider,
      regions: spec.regions ?? [],
      owner: spec.owner ?? null,
    },
    problems: [],
  }
}
