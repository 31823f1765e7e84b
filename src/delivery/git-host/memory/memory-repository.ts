import { createHash } from 'node:crypto'
import { newId } from '#kernel/common/id'
import type { Commit, Push, Repository } from '../git-host.ts'
import { revisionsOf, ZERO_SHA } from '../git-names.ts'
import { changedPaths, type MemoryTree } from './memory-tree.ts'

/** A commit with its files. */
export interface MemoryCommit extends Commit {
  tree: MemoryTree
  /** Order of making: times alone may be the same. */
  sequence: number
}

/** The commits and refs of one repository in memory. */
export class MemoryRepository {
  readonly record: Repository
  readonly refs = new Map<string, string>()
  readonly commits = new Map<string, MemoryCommit>()
  readonly pushes: Push[] = []

  constructor(record: Repository) {
    this.record = record
  }

  get name(): string {
    return `${this.record.owner}/${this.record.name}`
  }

  /** The commit that a ref leads to. */
  find(ref: string): MemoryCommit | undefined {
    for (const revision of revisionsOf(ref)) {
      const sha = revision === 'HEAD' ? this.refs.get(`refs/heads/${this.record.defaultBranch}`) : (this.refs.get(revision) ?? revision)
      const commit = sha === undefined ? undefined : this.commits.get(sha)
      if (commit) return commit
    }
    return undefined
  }

  /** Stores a commit that no ref leads to yet. */
  store(commit: Omit<MemoryCommit, 'sha' | 'sequence'>): MemoryCommit {
    const files = [...commit.tree].map(([path, file]) => `${path}\0${file.mode}\0${file.sha}`).sort()
    const text = JSON.stringify([commit.parents, commit.message, commit.author, commit.at.getTime(), files])
    const sha = createHash('sha1').update(text).digest('hex')
    const stored = this.commits.get(sha) ?? { ...commit, sha, sequence: this.commits.size }
    this.commits.set(sha, stored)
    return stored
  }

  /** Moves a ref, or deletes it (`after` undefined), and records the push. */
  move(ref: string, after: string | undefined, pusher: string): Push {
    const push: Push = { id: newId('push'), repository: this.name, ref, before: this.refs.get(ref) ?? ZERO_SHA, after: after ?? ZERO_SHA, pusher }
    if (after === undefined) this.refs.delete(ref)
    else this.refs.set(ref, after)
    this.pushes.push(push)
    return push
  }

  /** A commit and all before it, the newest first. */
  *history(sha: string): Generator<MemoryCommit> {
    const waiting = new Map<string, MemoryCommit>()
    const add = (id: string): void => {
      const commit = this.commits.get(id)
      if (commit) waiting.set(id, commit)
    }
    for (add(sha); waiting.size > 0;) {
      let next: MemoryCommit | undefined
      for (const commit of waiting.values()) if (!next || commit.sequence > next.sequence) next = commit
      if (!next) return
      waiting.delete(next.sha)
      yield next
      next.parents.forEach(add)
    }
  }

  /** Whether a commit is in the history of another. */
  contains(commit: string, history: string): boolean {
    for (const known of this.history(history)) if (known.sha === commit) return true
    return false
  }

  /** Where two commits parted; undefined when they share nothing. */
  mergeBase(one: string, other: string): MemoryCommit | undefined {
    const known = new Set([...this.history(other)].map((commit) => commit.sha))
    for (const commit of this.history(one)) if (known.has(commit.sha)) return commit
    return undefined
  }

  /** Whether a commit altered a file, or something below a folder, against each of its parents. */
  touches(commit: MemoryCommit, path: string): boolean {
    const parents = commit.parents.length === 0 ? [new Map()] : commit.parents.map((sha) => this.commits.get(sha)?.tree ?? new Map())
    return parents.every((parent) => changedPaths(parent, commit.tree).some((changed) => changed === path || changed.startsWith(`${path}/`)))
  }
}
