import type { Route } from '#kernel/node/http'
import type { PolicyCheck } from '#platform/change'
import { policyRoutes } from './policy-routes.ts'
import { createPolicyCheck, type PolicyDeps } from './policy-service.ts'

/** The policy check of the Change engine, and the routes. */
export function createPolicies(deps: PolicyDeps): { check: PolicyCheck; routes: Route[] } {
  return { check: createPolicyCheck(deps), routes: policyRoutes(deps) }
}

export { evaluatePolicies, type PolicyContext } from './evaluate-policies.ts'
export { readPolicy, type Policy } from './policy.ts'
export type { PolicyDeps } from './policy-service.ts'
