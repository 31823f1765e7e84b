import { createRequire } from 'node:module'
import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs'
import { accessFaults } from './access-faults.ts'

/** One access policy, as people read it. */
export interface AccessPolicy {
  id: string
  description: string
  effect: 'permit' | 'forbid'
  text: string
}

export interface CedarQuestion {
  principal: Cedar.EntityJson
  action: Cedar.EntityJson
  resource: Cedar.EntityJson
  context: Cedar.Context
}

let setCount = 0

/**
 * Cedar with its policies parsed once: asking then costs tens of microseconds, where parsing per question costs a millisecond and more.
 * Loading compiles 4 MB of WebAssembly, so it is done at the first question or by `load`.
 */
export class CedarEngine {
  readonly #source: string
  #loaded: { cedar: typeof Cedar; setId: string; policies: ReadonlyMap<string, AccessPolicy> } | undefined

  constructor(source: string) {
    this.#source = source
  }

  /** All policies by id. @throws `platform.access.bad_policies`. */
  load(): ReadonlyMap<string, AccessPolicy> {
    return this.#ready().policies
  }

  /** @returns the decision and the ids of the policies that made it. */
  ask(question: CedarQuestion): { isAllowed: boolean; policies: string[]; errors: string[] } {
    const { cedar, setId } = this.#ready()
    const uid = (entity: Cedar.EntityJson): Cedar.TypeAndId => entity.uid as Cedar.TypeAndId
    const answer = cedar.statefulIsAuthorized({
      principal: uid(question.principal),
      action: uid(question.action),
      resource: uid(question.resource),
      context: question.context,
      entities: [question.principal, question.action, question.resource],
      preparsedPolicySetId: setId,
    })
    if (answer.type === 'failure') return { isAllowed: false, policies: [], errors: answer.errors.map((error) => error.message) }
    const { decision, diagnostics } = answer.response
    return {
      isAllowed: decision === 'allow',
      policies: diagnostics.reason,
      errors: diagnostics.errors.map((error) => `${error.policyId}: ${error.error.message}`),
    }
  }

  #ready(): { cedar: typeof Cedar; setId: string; policies: ReadonlyMap<string, AccessPolicy> } {
    if (this.#loaded) return this.#loaded
    const cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as typeof Cedar
    const policies = parsePolicies(cedar, this.#source)
    const setId = `fairway-${++setCount}`
    const parsed = cedar.preparsePolicySet(setId, { staticPolicies: Object.fromEntries([...policies].map(([id, policy]) => [id, policy.text])) })
    if (parsed.type === 'failure') throw accessFaults.bad_policies({ what: parsed.errors.map((error) => error.message).join('; ') })
    this.#loaded = { cedar, setId, policies }
    return this.#loaded
  }
}

function parsePolicies(cedar: typeof Cedar, source: string): Map<string, AccessPolicy> {
  const parts = cedar.policySetTextToParts(source)
  if (parts.type === 'failure') throw accessFaults.bad_policies({ what: parts.errors.map((error) => error.message).join('; ') })
  if (parts.policy_templates.length > 0) throw accessFaults.bad_policies({ what: 'templates are not used here' })
  const policies = new Map<string, AccessPolicy>()
  for (const text of parts.policies) {
    const parsed = cedar.policyToJson(text)
    if (parsed.type === 'failure') throw accessFaults.bad_policies({ what: parsed.errors.map((error) => error.message).join('; ') })
    const { id, description } = parsed.json.annotations ?? {}
    if (!id || !description) throw accessFaults.bad_policies({ what: `each policy needs @id and @description: ${text.slice(0, 80).replaceAll(/\s+/g, ' ')}` })
    if (policies.has(id)) throw accessFaults.bad_policies({ what: `two policies are called "${id}"` })
    policies.set(id, { id, description, effect: parsed.json.effect, text })
  }
  return policies
}
