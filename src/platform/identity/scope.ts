import type { ResourceRef } from '#kernel/node/http'

/** `noun:verb`, each `*` for any; `*` alone for all. Behind `@`, the one resource it holds for, e.g. `state:*@State/orders-dev-db`; a final `*` matches the rest. */
export const SCOPE_PATTERN = /^(?:\*|(?:\*|[a-z-]+):(?:\*|[a-z-]+))(?:@[A-Za-z]+\/[^\s@]*)?$/

interface Scope {
  noun: string
  verb: string
  resource: string | undefined
}

/** True when some scope lets its holder ask for `permission` on `resource`. What may be done in the end is for policies to say. */
export function scopesAllow(scopes: readonly string[], permission: string, resource: ResourceRef): boolean {
  return isWithinScopes(`${permission}@${resource.type}/${resource.id}`, scopes)
}

/** True when a scope other than `*` allows it: whoever made the credential named this permission. */
export function scopesName(scopes: readonly string[], permission: string, resource: ResourceRef): boolean {
  return scopesAllow(
    scopes.filter((scope) => parse(scope).noun !== '*'),
    permission,
    resource,
  )
}

/** True when everything that `scope` allows is also allowed by `own`. */
export function isWithinScopes(scope: string, own: readonly string[]): boolean {
  const inner = parse(scope)
  return own.some((pattern) => {
    const outer = parse(pattern)
    return (
      (outer.noun === '*' || outer.noun === inner.noun) && (outer.verb === '*' || outer.verb === inner.verb) && coversResource(outer.resource, inner.resource)
    )
  })
}

function coversResource(outer: string | undefined, inner: string | undefined): boolean {
  if (outer === undefined) return true
  if (inner === undefined) return false
  return outer.endsWith('*') ? inner.startsWith(outer.slice(0, -1)) : outer === inner
}

function parse(scope: string): Scope {
  const at = scope.indexOf('@')
  const [noun = '', verb] = (at < 0 ? scope : scope.slice(0, at)).split(':')
  return { noun, verb: verb ?? (noun === '*' ? '*' : ''), resource: at < 0 ? undefined : scope.slice(at + 1) }
}
