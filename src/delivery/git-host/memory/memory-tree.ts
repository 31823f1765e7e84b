import { createHash } from 'node:crypto'
import { mergeLines } from './merge-lines.ts'

/** A file of a tree; never altered once it is there. */
export interface MemoryFile {
  content: Buffer
  mode: string
  /** Git's id of a blob with this content. */
  sha: string
}

/** Path -> file. Never altered once a commit has it. */
export type MemoryTree = ReadonlyMap<string, MemoryFile>

/** A file with its id. */
export function memoryFile(content: Uint8Array, mode: string): MemoryFile {
  const bytes = Buffer.from(content)
  return { content: bytes, mode, sha: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex') }
}

/** True when both have the same files, or neither has one. */
function isSameFile(one: MemoryFile | undefined, other: MemoryFile | undefined): boolean {
  return one?.sha === other?.sha && one?.mode === other?.mode
}

/** Paths that differ between two trees, sorted. */
export function changedPaths(before: MemoryTree, after: MemoryTree): string[] {
  const paths = new Set([...before.keys(), ...after.keys()])
  return [...paths].filter((path) => !isSameFile(before.get(path), after.get(path))).sort()
}

/** Merges two trees file by file, and text by lines. Renames are a removal and an addition here. @returns the tree, or the paths that conflict. */
export function mergeMemoryTrees(base: MemoryTree, ours: MemoryTree, theirs: MemoryTree): { tree: MemoryTree } | { conflicts: string[] } {
  const tree = new Map(ours)
  const conflicts: string[] = []
  for (const path of changedPaths(base, theirs)) {
    const [b, o, t] = [base.get(path), ours.get(path), theirs.get(path)]
    if (isSameFile(o, t)) continue
    const merged = isSameFile(o, b) ? (t ?? 'removed') : mergeFiles(b, o, t)
    if (merged === undefined) conflicts.push(path)
    else if (merged === 'removed') tree.delete(path)
    else tree.set(path, merged)
  }
  conflicts.push(...foldersThatAreFiles(tree))
  return conflicts.length > 0 ? { conflicts: [...new Set(conflicts)].sort() } : { tree }
}

function mergeFiles(base: MemoryFile | undefined, ours: MemoryFile | undefined, theirs: MemoryFile | undefined): MemoryFile | undefined {
  if (!base || !ours || !theirs || [base, ours, theirs].some((file) => isBinary(file.content))) return undefined
  const content = mergeLines(base.content.toString(), ours.content.toString(), theirs.content.toString())
  return content === undefined ? undefined : memoryFile(Buffer.from(content), ours.mode === base.mode ? theirs.mode : ours.mode)
}

function foldersThatAreFiles(tree: MemoryTree): string[] {
  return [...tree.keys()].filter((path) => path.split('/').some((_, index, parts) => index > 0 && tree.has(parts.slice(0, index).join('/'))))
}

/** As Git sees it: a zero byte near the beginning. */
export function isBinary(content: Buffer): boolean {
  return content.subarray(0, 8_000).includes(0)
}
