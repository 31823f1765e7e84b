/** Terraform's own words for a lock; sent back letter for letter. Source: `internal/states/statemgr/locker.go`. */
export interface LockInfo {
  ID: string
  Operation?: string
  Who?: string
  Created?: string
  [key: string]: unknown
}

/** A lock, and whose it is: knowing its id is not enough, since every refusal tells it. */
export interface HeldLock {
  info: LockInfo
  principal: string
  /** Undefined for the platform's own. */
  credentialId: string | undefined
}

/** Who asks. */
export interface StateActor {
  principal: string
  credentialId: string | undefined
  isAdministrator: boolean
}

export interface StateHead {
  lineage: string | null
  serial: number | null
  md5: string
}

export type WriteVerdict = { outcome: 'write' } | { outcome: 'same' } | { outcome: 'locked' } | { outcome: 'refused'; message: string }

/**
 * May this state be written? The clients check none of it, so we must: the lock is held by the one who writes, and the state goes on from the one that is there.
 * @param lockId `?ID=` of the request.
 */
export function judgeWrite(
  request: { lockId: string | undefined; actor: StateActor; incoming: StateHead },
  held: HeldLock | undefined,
  head: StateHead | undefined,
): WriteVerdict {
  const { lockId, incoming } = request
  if (held && (held.info.ID !== lockId || !isHolder(held, request.actor))) return { outcome: 'locked' }
  if (!held && lockId !== undefined)
    return { outcome: 'refused', message: `lock "${lockId}" is held no more: another run may have gone on; nothing was written` }
  if (!head) return { outcome: 'write' }
  if (head.md5 === incoming.md5) return { outcome: 'same' }
  if (head.lineage !== null && incoming.lineage !== null && head.lineage !== incoming.lineage)
    return {
      outcome: 'refused',
      message: `this state has lineage "${incoming.lineage}", the one that is kept has "${head.lineage}": they belong to different infrastructures`,
    }
  if (head.serial !== null && incoming.serial !== null && incoming.serial <= head.serial)
    return {
      outcome: 'refused',
      message: `this state has serial ${incoming.serial}, the one that is kept has ${head.serial} already: it would undo what came after`,
    }
  return { outcome: 'write' }
}

/** May this lock be opened? `force-unlock` names no id at all, so it is for the holder and administrators, who are on record. */
export function judgeUnlock(request: { lockId: string | undefined; actor: StateActor }, held: HeldLock | undefined): 'open' | 'nothing' | 'refused' {
  if (!held) return 'nothing'
  if (request.lockId !== undefined && request.lockId !== held.info.ID) return 'refused'
  return isHolder(held, request.actor) || request.actor.isAdministrator ? 'open' : 'refused'
}

function isHolder(held: HeldLock, actor: StateActor): boolean {
  return held.principal === actor.principal && held.credentialId === actor.credentialId
}

/** Lineage and serial of a state's text; both null when it is encrypted by its client. Undefined for what is no state. */
export function readStateText(text: string): Pick<StateHead, 'lineage' | 'serial'> | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const { lineage, serial } = value as { lineage?: unknown; serial?: unknown }
  return { lineage: typeof lineage === 'string' ? lineage : null, serial: typeof serial === 'number' && Number.isSafeInteger(serial) ? serial : null }
}

/** Reads a LOCK or UNLOCK body; undefined when it is empty or no lock. */
export function readLockInfo(text: string): LockInfo | undefined {
  try {
    const value = JSON.parse(text) as { ID?: unknown } | null
    return typeof value?.ID === 'string' && value.ID !== '' ? (value as LockInfo) : undefined
  } catch {
    return undefined
  }
}
