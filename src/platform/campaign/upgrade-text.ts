import { unifiedDiff } from '#delivery/git-host'
import type { Child } from './child.ts'
import { textOf, type Tree, type TreeMerge } from './merge-trees.ts'

const SHOWN_CONFLICTS = 10
const SHOWN_LINES = 60

/** Title and text of the pull request that brings a child up to its template. Pure. */
export function upgradeText(
  child: Child,
  to: { version: string; commit: string },
  upgrade: { merge: TreeMerge; base: Tree; theirs: Tree },
): { title: string; body: string } {
  const name = child.templateRef.slice(child.templateRef.indexOf('/') + 1)
  const { merge } = upgrade
  const lines = [
    `Brings this repository from \`${name}\` at \`${child.templateCommit.slice(0, 7)}\` to version ${to.version} (\`${to.commit.slice(0, 7)}\`) by a three-way merge: what was edited here stays.`,
    '',
    `${merge.writes.length} ${merge.writes.length === 1 ? 'file alters' : 'files alter'}:`,
    ...merge.writes.map(({ path, file }) => `- \`${path}\`${file === null ? ' is removed' : ''}`),
  ]
  if (merge.staysDeleted.length > 0) lines.push('', `Deleted here, so they stay deleted: ${merge.staysDeleted.map((path) => `\`${path}\``).join(', ')}.`)
  if (merge.conflicts.length > 0) {
    lines.push(
      '',
      '## To be settled by hand before merging',
      '',
      'These files were left as they are here:',
      ...merge.conflicts.map(({ path, reason }) => `- \`${path}\`: ${reason}`),
    )
    for (const { path, isText } of merge.conflicts.slice(0, SHOWN_CONFLICTS))
      if (isText) lines.push('', `What the template alters in \`${path}\`:`, '', ...fenced(diffOf(path, upgrade)))
  }
  lines.push('', `Does it follow the template no more? \`npx fairway eject ${child.componentRef}\` ends it.`)
  return { title: `Upgrade to ${name} ${to.version}`, body: lines.join('\n') }
}

function diffOf(path: string, { base, theirs }: { base: Tree; theirs: Tree }): string[] {
  const lines = unifiedDiff(textOf(base.get(path)) ?? '', textOf(theirs.get(path)) ?? '')
    .trimEnd()
    .split('\n')
  return lines.length > SHOWN_LINES ? [...lines.slice(0, SHOWN_LINES), `… ${lines.length - SHOWN_LINES} more lines`] : lines
}

/** A fence that is longer than any in the text. */
function fenced(lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((ticks) => ticks.length)))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}diff`, ...lines, fence]
}
