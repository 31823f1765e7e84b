import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Caller, Permission, ResourceRef } from '#kernel/node/http'
import { scopesAllow, scopesName } from '#platform/identity'
import { CedarEngine, type AccessPolicy, type CedarQuestion } from './cedar-engine.ts'
import { VerdictCache } from './verdict-cache.ts'

interface AccessVerdict {
  isAllowed: boolean
  /** In the reader's words, e.g. `nobody approves what they requested`. */
  reason: string
  /** Ids of the policies that decided; empty when none applied, or the credential's scopes did not reach so far. */
  policies: readonly string[]
}

export interface Access {
  /** Decides, deny by default: first the scopes of the credential, then the policies. Never throws for a question; a policy that fails to evaluate permits nothing. */
  authorize(caller: Caller, permission: Permission, resource: ResourceRef): Promise<AccessVerdict>
  /** Loads Cedar and parses the policies now instead of at the first question. @throws `platform.access.bad_policies`. */
  load(): readonly AccessPolicy[]
}

/** The policies that ship with the platform, as one Cedar text. */
export function readDefaultPolicies(): string {
  const folder = path.join(import.meta.dirname, 'policies')
  const files = readdirSync(folder).filter((name) => name.endsWith('.cedar'))
  return files
    .sort()
    .map((name) => readFileSync(path.join(folder, name), 'utf8'))
    .join('\n')
}

/**
 * Who may do what, by Cedar policies.
 *
 * What policies see: `principal` is `Person|Service|Agent|System::"<ref>"` in its `Group`s, with `ref`, `groups` (set of refs), `isAdministrator`;
 * `action` is `Action::"change:approve"` in `Action::"change:*"` and `Action::"*:approve"`; `resource` is `<type>::"<id>"` with the attributes of its `ResourceRef`;
 * `context` has `noun`, `verb` and `isNamedByScope` (the token's scopes name this permission, more than a bare `*`).
 * A question that was asked before is answered from memory: see `VerdictCache`.
 * @param options.policies Cedar text: `readDefaultPolicies()`, and what the organisation adds.
 * @param options.ownerOf owner of a resource whose ref carries none, e.g. a repository's; undefined when it has none.
 */
export function createAccess(options: { policies: string; ownerOf?: (resource: ResourceRef) => Promise<string | undefined> }): Access {
  const engine = new CedarEngine(options.policies)
  const verdicts = new VerdictCache<AccessVerdict>()
  const decide = (caller: Caller, permission: Permission, resource: ResourceRef): AccessVerdict => {
    const verdict = engine.ask(questionOf(caller, permission, resource))
    return { isAllowed: verdict.isAllowed, reason: reasonOf(verdict, engine.load()), policies: verdict.policies.toSorted() }
  }
  return {
    load: () => [...engine.load().values()],
    authorize: async (caller, permission, resource) => {
      if (!scopesAllow(caller.scopes, permission, resource))
        return { isAllowed: false, reason: `the credential is limited to "${caller.scopes.join(' ')}"`, policies: [] }
      const owner = resource.attributes?.['owner'] ?? (resource.type === 'Platform' ? undefined : await options.ownerOf?.(resource))
      const owned = owner === undefined ? resource : { ...resource, attributes: { ...resource.attributes, owner } }
      return verdicts.get(caller, permission, owned, () => decide(caller, permission, owned))
    },
  }
}

const PRINCIPAL_TYPES = { person: 'Person', service: 'Service', agent: 'Agent', system: 'System' } as const

function questionOf(caller: Caller, permission: Permission, resource: ResourceRef): CedarQuestion {
  const [noun = '', verb = ''] = permission.split(':')
  const actions = [`${noun}:*`, `*:${verb}`]
  return {
    principal: {
      uid: { type: PRINCIPAL_TYPES[caller.kind], id: caller.principal },
      attrs: { ref: caller.principal, groups: [...caller.groups], isAdministrator: caller.isAdministrator },
      parents: caller.groups.map((id) => ({ type: 'Group', id })),
    },
    action: { uid: { type: 'Action', id: permission }, attrs: {}, parents: actions.map((id) => ({ type: 'Action', id })) },
    resource: { uid: { type: resource.type, id: resource.id }, attrs: attributesOf(resource), parents: [] },
    context: { noun, verb, isNamedByScope: scopesName(caller.scopes, permission, resource) },
  }
}

/** Cedar's numbers are whole; others are shown as text. */
function attributesOf(resource: ResourceRef): CedarQuestion['resource']['attrs'] {
  const entries = Object.entries(resource.attributes ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'number' && !Number.isSafeInteger(value) ? String(value) : Array.isArray(value) ? [...value] : value]),
  ) as CedarQuestion['resource']['attrs']
}

function reasonOf(
  verdict: { isAllowed: boolean; policies: readonly string[]; errors: readonly string[] },
  policies: ReadonlyMap<string, AccessPolicy>,
): string {
  const descriptions = verdict.policies.map((id) => policies.get(id)?.description ?? id)
  if (descriptions.length > 0) return descriptions.sort().join('; ')
  if (verdict.errors.length > 0) return `a policy could not be evaluated: ${verdict.errors.join('; ')}`
  return 'no policy allows it'
}
