import type { JsonObject } from '#kernel/common/json'
import type { PolicyCheck } from '#platform/change'
import { evaluatePolicies } from './evaluate-policies.ts'
import type { Policy } from './policy.ts'

export interface PolicyDeps {
  /** Where policies come from; the catalog implements it. */
  policies(): Promise<readonly Policy[]>
  /** Facts that policies may look at; undefined for what is not known. Without a look-up, policies see the names only. */
  facts?: {
    component?: (name: string) => Promise<JsonObject | undefined>
    environment?: (name: string) => Promise<JsonObject | undefined>
    release?: (id: string) => Promise<JsonObject | undefined>
  }
}

/** The policy check that the Change engine asks. */
export function createPolicyCheck(deps: PolicyDeps): PolicyCheck {
  const fact = async (
    key: string,
    name: string | undefined,
    find: ((name: string) => Promise<JsonObject | undefined>) | undefined,
  ): Promise<JsonObject | null> => (name === undefined ? null : { ...(await find?.(name)), [key]: name })
  return {
    async evaluate(plan, question) {
      const [policies, component, environment, release] = await Promise.all([
        deps.policies(),
        fact('name', question.component, deps.facts?.component),
        fact('name', question.environment, deps.facts?.environment),
        fact('id', question.release?.id, deps.facts?.release),
      ])
      const { kind, title, requestedBy, reason } = question
      return evaluatePolicies(plan, policies, {
        change: { kind, title, requestedBy, reason },
        component,
        environment,
        release: release && question.release ? { ...release, version: question.release.version } : release,
      })
    },
  }
}
