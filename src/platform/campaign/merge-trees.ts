import { mergeLines } from '#delivery/git-host'

/** One file of a tree. */
export interface TreeFile {
  content: Uint8Array
  isExecutable: boolean
}

export type Tree = ReadonlyMap<string, TreeFile>

/** Why a file is left as the child has it, though the template has altered it. */
export interface MergeConflict {
  path: string
  reason: string
  /** Both sides are texts: what the template would alter can be shown. */
  isText: boolean
}

/** What brings a child up to its template, without touching an edit of the child. */
export interface TreeMerge {
  /** Null removes the file. */
  writes: { path: string; file: TreeFile | null }[]
  conflicts: MergeConflict[]
  /** Files that the child has deleted and the template altered: they stay deleted. */
  staysDeleted: string[]
}

/**
 * Merges three trees: what the template made (`base`), what it makes now (`theirs`), and what the child is (`ours`). A file that only the template
 * has altered is taken over; a text that both have altered is merged by lines; where that can't be, the child's file stays as it is and is a conflict.
 * So no edit of the child is ever lost. Pure.
 * @param renamed a text that stands for the template's commit: in `base` and `ours` it is read as the new one, so that it never is a conflict.
 */
export function mergeTrees(trees: { base: Tree; theirs: Tree; ours: Tree }, renamed?: { from: string; to: string }): TreeMerge {
  const result: TreeMerge = { writes: [], conflicts: [], staysDeleted: [] }
  for (const path of [...new Set([...trees.base.keys(), ...trees.theirs.keys()])].sort()) {
    const original = trees.ours.get(path)
    const base = withName(trees.base.get(path), renamed)
    const ours = withName(original, renamed)
    const theirs = trees.theirs.get(path)
    const merged = mergeFile(base, ours, theirs)
    if (merged === 'stays-deleted') result.staysDeleted.push(path)
    else if ('reason' in merged) {
      result.conflicts.push({ path, ...merged })
      if (!isSame(ours, original)) result.writes.push({ path, file: ours ?? null })
    } else if (!isSame(merged.file, original)) result.writes.push({ path, file: merged.file ?? null })
  }
  return result
}

type Merged = { file: TreeFile | undefined } | { reason: string; isText: boolean } | 'stays-deleted'

function mergeFile(base: TreeFile | undefined, ours: TreeFile | undefined, theirs: TreeFile | undefined): Merged {
  if (isSame(base, theirs) || isSame(ours, theirs)) return { file: ours }
  if (isSame(ours, base)) return { file: theirs }
  if (base === undefined) return conflict('the template brings this file, and another one of this name is here already', ours, theirs)
  if (theirs === undefined) return conflict('the template removes this file, which has been edited here', ours, base)
  if (ours === undefined) return 'stays-deleted'
  const isExecutable = ours.isExecutable === base.isExecutable ? theirs.isExecutable : ours.isExecutable
  if (isEqual(ours.content, base.content)) return { file: { content: theirs.content, isExecutable } }
  if (isEqual(theirs.content, base.content) || isEqual(ours.content, theirs.content)) return { file: { content: ours.content, isExecutable } }
  const [was, mine, other] = [textOf(base), textOf(ours), textOf(theirs)]
  if (was === undefined || mine === undefined || other === undefined) return conflict('is no text, and both sides have altered it', ours, theirs)
  const merged = mergeLines(was, mine, other)
  if (merged === undefined) return conflict('both sides have altered the same lines', ours, theirs)
  return { file: { content: new TextEncoder().encode(merged), isExecutable } }
}

function conflict(reason: string, ours: TreeFile | undefined, other: TreeFile | undefined): Merged {
  return { reason, isText: textOf(ours) !== undefined && textOf(other) !== undefined }
}

/** The file as a text; undefined for one that is none. */
export function textOf(file: TreeFile | undefined): string | undefined {
  if (!file || file.content.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.content)
  } catch {
    return undefined
  }
}

function withName(file: TreeFile | undefined, renamed: { from: string; to: string } | undefined): TreeFile | undefined {
  if (!file || !renamed) return file
  const text = textOf(file)
  return text?.includes(renamed.from) === true ? { ...file, content: new TextEncoder().encode(text.replaceAll(renamed.from, renamed.to)) } : file
}

function isSame(a: TreeFile | undefined, b: TreeFile | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.isExecutable === b.isExecutable && isEqual(a.content, b.content)
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && Buffer.compare(a, b) === 0)
}
