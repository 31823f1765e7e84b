import pc from 'picocolors'
import type { Operations } from '#contract'
import { durationText, stateText } from './terminal.ts'

export type Change = Operations['changes.get']['output']
export type Plan = NonNullable<Change['plan']>

const SIGNS: Record<string, string> = {
  create: pc.green('+'),
  alter: pc.yellow('~'),
  replace: pc.red('±'),
  destroy: pc.red('-'),
  none: pc.dim('='),
  run: pc.blue('>'),
}

/** The plan as lines: one sentence, then the actions with their fields, then verdicts, cost and who must approve. */
export function planText(plan: Plan): string {
  const lines = [plan.summary]
  for (const action of plan.actions) {
    lines.push(`  ${SIGNS[action.verb] ?? '?'} ${action.title}${action.isDestructive === true ? pc.red(' (data can be lost)') : ''}`)
    for (const change of action.changes) lines.push(pc.dim(`      ${change.path}: ${fieldText(change)}`))
  }
  for (const verdict of plan.verdicts)
    if (verdict.outcome !== 'allowed')
      lines.push(`  ${verdict.outcome === 'denied' ? pc.red('denied') : pc.yellow('warning')} ${verdict.policy}: ${verdict.message}`)
  if (plan.costCentsPerMonth !== 0) lines.push(`  Cost: ${plan.costCentsPerMonth > 0 ? '+' : ''}${(plan.costCentsPerMonth / 100).toFixed(2)} EUR a month`)
  if (plan.approval)
    lines.push(
      `  ${pc.magenta('Needs')} ${plan.approval.required} ${plan.approval.required === 1 ? 'approval' : 'approvals'} by ${plan.approval.groups.join(' or ') || 'anybody else'}`,
    )
  return lines.join('\n')
}

function fieldText(change: Plan['actions'][number]['changes'][number]): string {
  if (change.isSensitive === true) return '(secret)'
  const after = change.isUnknown === true ? '(known after apply)' : JSON.stringify(change.after)
  return change.before === undefined ? after : `${JSON.stringify(change.before)} → ${after}`
}

/** One line: what, where, in which state. */
export function changeLine(change: Change): string {
  return `${pc.dim(change.id)} ${change.title}: ${stateText(change.state)}`
}

/** What a person wants to know at the end: the result, how long it took, and what to do next. */
export function endingText(change: Change): string {
  const seconds = change.finishedAt === null ? undefined : (Date.parse(change.finishedAt) - Date.parse(change.requestedAt)) / 1000
  const took = seconds === undefined ? '' : pc.dim(` (${durationText(seconds)})`)
  if (change.state === 'waiting') return `${stateText(change.state)} for an approval: fairway approve ${change.id}`
  return `${stateText(change.state)}${took}${change.result?.message ? `: ${change.result.message}` : ''}`
}
