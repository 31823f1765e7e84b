import { z } from 'zod'
import { checkDocument, type SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import type { ForgeType } from './forge-api.ts'

/** A Git host of somebody else, as the platform team declares it. */
export interface GitHostDocument {
  /** `metadata.name`, e.g. `github`. */
  entity: string
  /** In names of repositories, e.g. `github.com` in `github.com/acme/orders`: the host of `url`, with its path. */
  name: string
  title: string
  type: ForgeType
  /** Without a slash at its end. */
  url: string
  apiUrl?: string
  /** Owners that the platform may touch, and what is below them; empty for all that the token may. */
  organisations: readonly string[]
  /** Path of the secret with the token; without one the platform comes as nobody, and only reads what is public. */
  credential?: string
  /** Path of the secret that webhooks are signed with; without one none are taken. */
  webhookSecret?: string
  /** People and teams of its organisations may give rights in the platform, as those of the organisation repository do. */
  trustsPeople: boolean
}

const text = z.string({ error: 'give a text here' }).trim().min(1, 'must not be empty')
const httpUrl = z
  .url({ protocol: /^https?$/, error: 'give an address that begins with https://' })
  .refine((url) => !/[?#]|\/\/[^/]*@/.test(url), 'leave out user, query and fragment')
  .transform((url) => url.replace(/\/+$/, ''))

const gitHostDocumentSchema = z
  .looseObject({
    apiVersion: z.literal('fairway.dev/v1'),
    kind: z.literal('GitHost'),
    metadata: z.looseObject({ name: text, title: z.string().optional() }),
    spec: z.strictObject(
      {
        type: z.enum(['github', 'gitlab', 'azure', 'gitea'], { error: 'github, gitlab, azure or gitea (also for Forgejo)' }),
        url: httpUrl,
        apiUrl: httpUrl.optional(),
        organisations: z.array(text, { error: 'give a list of names' }).default([]),
        credential: text.optional(),
        webhookSecret: text.optional(),
        trustsPeople: z.boolean({ error: 'true or false' }).default(false),
      },
      { error: 'give an object with type and url' },
    ),
  })
  .superRefine(({ spec }, context) => {
    const url = URL.parse(spec.url)
    if (!url) return
    // A token goes only where whoever wrote it meant it to go: its path names the host.
    const prefix = `${secretFolderOf(spec.url)}/`
    for (const field of ['credential', 'webhookSecret'] as const)
      if (spec[field]?.startsWith(prefix) === false)
        context.addIssue({ code: 'custom', path: ['spec', field], message: `give the path of a secret below "${prefix}"` })
    const api = spec.apiUrl === undefined ? undefined : URL.parse(spec.apiUrl)
    if (api && api.hostname !== url.hostname && !api.hostname.endsWith(`.${url.hostname}`))
      context.addIssue({ code: 'custom', path: ['spec', 'apiUrl'], message: `the API must be on ${url.hostname} or below it: the token is sent there` })
    for (const [index, organisation] of spec.organisations.entries())
      if (!organisation.split('/').every((part) => /^[\p{L}\p{N}_.][\p{L}\p{N}_. -]*$/u.test(part) && !part.includes('..')))
        context.addIssue({ code: 'custom', path: ['spec', 'organisations', index], message: 'give a name such as acme, or a path such as acme/shop' })
  })

/** Where the secrets of a host lie, e.g. `git-hosts/github.com` or `git-hosts/git.corp.example-3000`. */
function secretFolderOf(url: string): string {
  return `git-hosts/${new URL(url).host.toLowerCase().replaceAll(/[^a-z0-9.-]/g, '-')}`
}

/** Reads a host; what is wrong is named by file, line and field. Never throws. */
export function readGitHost(document: SourceDocument): { gitHost: GitHostDocument; problems: [] } | { gitHost?: undefined; problems: FieldProblem[] } {
  const checked = checkDocument(document, gitHostDocumentSchema)
  if (checked.value === undefined) return { problems: checked.problems }
  const { metadata, spec } = checked.value
  const { type, url, apiUrl, organisations, credential, webhookSecret, trustsPeople } = spec
  const { host, pathname } = new URL(url)
  return {
    gitHost: {
      entity: metadata.name,
      name: `${host}${pathname === '/' ? '' : pathname}`.toLowerCase(),
      title: metadata.title ?? metadata.name,
      type,
      url,
      organisations,
      trustsPeople,
      ...(apiUrl === undefined ? {} : { apiUrl }),
      ...(credential === undefined ? {} : { credential }),
      ...(webhookSecret === undefined ? {} : { webhookSecret }),
    },
    problems: [],
  }
}
