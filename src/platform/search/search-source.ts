import type { Permission } from '#kernel/node/http'

export type HitType = 'entity' | 'api' | 'doc' | 'run' | 'change'

/** Something that is no entity, to be found. */
export interface SearchRecord {
  /** What it is to people, e.g. `Run`. */
  kind: string
  /** Unique among its type. */
  ref: string
  title: string
  summary: string
  /** Address in the portal. */
  href: string
  /** What classes it, e.g. repository, component and branch. */
  keywords: string
  /** Its text; found by, and not kept. */
  text: string
}

/** A feature's things that people find. */
export interface SearchSource {
  type: HitType
  /** Asked of each caller for the platform as a whole: who may not list these does not find them. */
  permission: Permission
  /** From 0 to 1, beside the words. */
  weight: number
  /** Reads all, oldest first, or only `refs` of them: those that are gone are left out. */
  read(refs?: readonly string[]): Promise<readonly SearchRecord[]>
}

/** One hit, ready to be shown. `href` is an address in the portal. */
export interface SearchHit {
  kind: string
  ref: string
  title: string
  summary: string
  href: string
  type: HitType
  /** From 0 to 1. */
  score: number
}
