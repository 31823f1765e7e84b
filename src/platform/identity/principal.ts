/** What kind of account a principal's ref names; undefined for anything else, e.g. a group. */
export function kindOfPrincipal(principal: string): 'person' | 'service' | 'agent' | undefined {
  const [, kind] = /^(user|service|agent):[a-z0-9._-]{1,63}\/[a-z0-9._-]{1,63}$/.exec(principal) ?? []
  return kind === 'user' ? 'person' : (kind as 'service' | 'agent' | undefined)
}

/** `user:default/ana` as `ana`: what stands in for a name. */
export function nameOfPrincipal(principal: string): string {
  return principal.slice(principal.indexOf('/') + 1)
}
