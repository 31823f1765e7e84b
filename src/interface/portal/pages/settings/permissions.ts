/** Permissions that a token can be narrowed to; offered as one types. The server knows more and has the last word. */
const known = [
  'catalog:read',
  'change:read',
  'change:create',
  'change:approve',
  'change:cancel',
  'environment:read',
  'deployment:create',
  'template:read',
  'creation:create',
  'repository:read',
  'repository:write',
  'artifact:read',
  'release:read',
  'release:create',
  'run:read',
  'run:create',
  'run:cancel',
  'runtime:read',
  'runtime:restart',
  'telemetry:read',
  'telemetry:write',
  'event:read',
  'resource:read',
  'state:read',
  'state:write',
]

/** What can be offered to somebody with these scopes: all of it for `*`, all of a noun for `change:*`. */
export function offeredScopes(own: readonly string[]): string[] {
  const patterns = own.map((scope) => scope.split(':'))
  const isHeld = (permission: string): boolean => {
    const [noun, verb] = permission.split(':')
    return patterns.some(([n, v]) => (n === '*' && v === undefined) || ((n === '*' || n === noun) && (v === '*' || v === verb)))
  }
  return known.filter(isHeld)
}
