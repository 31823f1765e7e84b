/** Who is signed in. `principal` is an entity ref such as `user:default/ana`. */
export interface Me {
  principal: string
  displayName: string
  kind: string
  groups: string[]
  scopes: string[]
  isAdministrator: boolean
}

export interface TokenInfo {
  id: string
  name: string
  subject: string
  scopes: string[]
  createdAt: string
  expiresAt: string | null
  lastUsedAt?: string | null
  revokedAt?: string | null
  /** True for the token that this very call was made with. */
  isCurrent?: boolean
}

/** The answer to a token's creation: the only time that its text is seen. */
export interface NewToken extends TokenInfo {
  token: string
}

export interface EventItem {
  sequence: number
  at: string
  type: string
  subject: string
  actor: string
  data: Record<string, unknown>
  hash: string
}

export interface AuditVerdict {
  isIntact: boolean
  checkedCount: number
  headSequence: number
  headHash: string
  firstBroken?: number | { sequence: number; reason?: string }
}

/** One page of a list. `nextCursor` is null on the last one. */
export interface Page<T> {
  items: T[]
  nextCursor: string | null
  total?: number
}
