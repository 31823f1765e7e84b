/** A module that a component releases. A version is always named: what a recipe makes changes by a commit of the recipe, never by itself. */
export interface ModuleRelease {
  component: string
  version: number
}

/** `release:bucket@v3`; undefined when it is none. */
export function parseModuleRelease(module: string): ModuleRelease | undefined {
  const match = /^release:([a-z0-9](?:[a-z0-9._-]{0,126}[a-z0-9])?)@v([1-9]\d{0,8})$/.exec(module)
  return match ? { component: match[1] ?? '', version: Number(match[2]) } : undefined
}
