import type { Change, Me } from '../../api/shapes.ts'
import { parseRef } from '../../format/reference.ts'

/** Whether the reader may decide on a waiting change, and if not, why: the server has the last word. */
export type MayDecide = { may: true } | { may: false; why: string }

/** Judges by the plan's rule: a group member, not the requester when duties are separate, not twice. */
export function mayDecide(
  change: Pick<Change, 'plan' | 'requestedBy' | 'approvals'>,
  me: Pick<Me, 'principal' | 'groups' | 'isAdministrator'> | undefined,
): MayDecide {
  const rule = change.plan?.approval
  if (me === undefined || rule === null || rule === undefined) return { may: false, why: '' }
  if (change.approvals.some((approval) => approval.by === me.principal && approval.verdict === 'approved')) return { may: false, why: 'You have approved it.' }
  if (rule.separationOfDuties && change.requestedBy === me.principal) return { may: false, why: 'You asked for it, so somebody else has to approve it.' }
  const mine = new Set(me.groups.map((group) => parseRef(group, 'group').name))
  if (rule.groups.length > 0 && !me.isAdministrator && !rule.groups.some((group) => mine.has(parseRef(group, 'group').name))) {
    return { may: false, why: `Only members of ${rule.groups.map((group) => parseRef(group, 'group').name).join(' or ')} may decide.` }
  }
  return { may: true }
}
