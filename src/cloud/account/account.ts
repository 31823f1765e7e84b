import { z } from 'zod'
import { checkDocument, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { REGIONS, type Region } from '#cloud/region'

/** Where the platform may run things: an account, subscription or project of a provider, or this machine. */
export interface CloudAccount {
  /** e.g. `local`; environments name it. */
  name: string
  title: string
  description: string
  provider: Region['provider']
  /** Account number, subscription or project id; absent for this machine. */
  accountId?: string | undefined
  /** Names of the regions that may be used; empty for all of the provider's. */
  regions: readonly string[]
}

const text = z.string({ error: 'give a text here' }).trim().min(1, 'must not be empty')

/** The document that a platform team writes. */
const accountDocumentSchema = z
  .looseObject({
    apiVersion: z.literal('fairway.dev/v1'),
    kind: z.literal('CloudAccount'),
    metadata: z.looseObject({ name: text, title: z.string().optional(), description: z.string().optional() }),
    spec: z.looseObject(
      {
        provider: z.enum(['aws', 'azure', 'gcp', 'local'], { error: 'aws, azure, gcp or local' }),
        accountId: text.optional(),
        regions: z.array(text, { error: 'give a list of region names' }).default([]),
      },
      { error: 'give an object with a provider' },
    ),
  })
  .superRefine(({ spec }, context) => {
    if (spec.provider === 'local') return
    const known = new Set(REGIONS.filter((region) => region.provider === spec.provider).map((region) => region.name))
    for (const [index, region] of spec.regions.entries())
      if (!known.has(region)) context.addIssue({ code: 'custom', path: ['spec', 'regions', index], message: `${spec.provider} has no region "${region}"` })
    if (spec.accountId === undefined)
      context.addIssue({ code: 'custom', path: ['spec', 'accountId'], message: 'give the account number, subscription or project id' })
  })

/** Reads an account; what is wrong is named by file, line and field. Never throws. */
export function readAccount(document: SourceDocument): { account: CloudAccount; problems: [] } | { account?: undefined; problems: FieldProblem[] } {
  const checked = checkDocument(document, accountDocumentSchema)
  if (checked.value === undefined) return { problems: checked.problems }
  const { metadata, spec } = checked.value
  return {
    account: {
      name: metadata.name,
      title: metadata.title ?? metadata.name,
      description: metadata.description ?? '',
      provider: spec.provider,
      accountId: spec.accountId,
      regions: spec.regions,
    },
    problems: [],
  }
}

/** This machine: always there, whatever the organisation declares. */
export const LOCAL_ACCOUNT: CloudAccount = {
  name: 'local',
  title: 'This machine',
  description: 'The machine that the platform runs on',
  provider: 'local',
  regions: ['local'],
}
