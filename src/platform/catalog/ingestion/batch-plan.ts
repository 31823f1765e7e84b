import type { FieldProblem } from '#kernel/common/fault'
import type { EntityDocument } from './entity-document.ts'
import type { ReadFile } from './read-file.ts'

/** Who declares a ref now. */
export interface Holder {
  source: string
  path: string
  /** 3 organisation, 2 templates, 1 catalog. */
  trust: number
}

/** A declaration that waits. */
export interface Claim extends Holder {
  id: number
  ref: string
}

export interface BatchFacts {
  source: string
  trust: number
  /** New or altered files. */
  reads: readonly ReadFile[]
  /** Paths that are gone. */
  removed: ReadonlySet<string>
  /** Refs that each altered or removed file gave last time, by path. */
  previousRefs: ReadonlyMap<string, readonly string[]>
  /** Of all refs that the reads declare, and of `previousRefs`. */
  holderOf: (ref: string) => Holder | undefined
  /** Claims of other files on `previousRefs`, best first. */
  claimsOn: (ref: string) => readonly Claim[]
}

/** What reading files means for the catalog. */
export interface BatchPlan {
  /** Declared and held, by ref, with the file. */
  upserts: Map<string, { document: EntityDocument; path: string }>
  /** Last good entities that stay, in a file (maybe another than before), with what is wrong now. */
  keeps: Map<string, { path: string; problems: readonly FieldProblem[] }>
  removes: string[]
  /** Declarations of the batch that wait for a holder. */
  claims: { document: EntityDocument; path: string }[]
  /** Holders outside of the batch that a better trusted declaration drives out: theirs becomes a claim. */
  driven: { ref: string; holder: Holder }[]
  /** Claims that take over a ref that was given up. */
  takeovers: Claim[]
  /** By path, without conflicts. */
  problemsOf: Map<string, FieldProblem[]>
  conflicts: FieldProblem[]
}

/**
 * Decides what a batch does to the catalog. Pure.
 * - A wrong document takes nothing away: the last good entity stays, with the problem on it.
 * - Trust decides who holds a ref that is declared twice, then who was first; the other waits, and takes over when the holder goes.
 * - What leaves one file and arrives in another of the batch is altered, not removed and added.
 */
export function planBatch(facts: BatchFacts): BatchPlan {
  const plan: BatchPlan = { upserts: new Map(), keeps: new Map(), removes: [], claims: [], driven: [], takeovers: [], problemsOf: new Map(), conflicts: [] }
  const readOf = new Map(facts.reads.map((read) => [read.file.path, read]))
  const isOurs = (holder: Holder | undefined): holder is Holder =>
    holder?.source === facts.source && (readOf.has(holder.path) || facts.removed.has(holder.path))
  for (const read of facts.reads) plan.problemsOf.set(read.file.path, read.problems)

  for (const [ref, candidates] of declarationsOf(facts.reads)) {
    const holder = facts.holderOf(ref)
    const [first] = candidates
    if (!first) continue
    const stays = holder !== undefined && (!isOurs(holder) || readOf.get(holder.path)?.wrongOf.has(ref) === true)
    const winner = stays ? (facts.trust > holder.trust ? first : undefined) : (candidates.find(({ path }) => path === holder?.path) ?? first)
    if (winner) plan.upserts.set(ref, { document: winner.document, path: winner.path })
    if (stays && winner) plan.driven.push({ ref, holder })
    const place = winner ? `${facts.source}/${winner.path}` : `${holder?.source}/${holder?.path}`
    for (const loser of candidates) {
      if (loser === winner) continue
      plan.claims.push({ document: loser.document, path: loser.path })
      plan.conflicts.push(conflict(ref, loser.path, placeText(place), loser.at()))
    }
  }
  const wrongIn = new Map<string, string>()
  for (const read of facts.reads) for (const ref of read.wrongOf.keys()) if (!wrongIn.has(ref)) wrongIn.set(ref, read.file.path)
  for (const [path, refs] of facts.previousRefs) {
    const read = readOf.get(path)
    for (const ref of refs) {
      if (plan.upserts.has(ref)) continue
      const wrongAt = read?.wrongOf.has(ref) === true ? path : wrongIn.get(ref)
      if (wrongAt !== undefined) plan.keeps.set(ref, { path: wrongAt, problems: readOf.get(wrongAt)?.wrongOf.get(ref) ?? [] })
      else if (read && read.problems.length > 0) plan.keeps.set(ref, { path, problems: read.problems })
      else {
        const [heir] = facts.claimsOn(ref)
        if (heir) plan.takeovers.push(heir)
        else plan.removes.push(ref)
      }
    }
  }
  return plan
}

interface Candidate {
  document: EntityDocument
  path: string
  at: () => { line: number; column: number }
}

function declarationsOf(reads: readonly ReadFile[]): Map<string, Candidate[]> {
  const found = new Map<string, Candidate[]>()
  for (const read of reads) {
    for (const declaration of read.declarations) {
      const { ref, at } = declaration
      const candidate = { document: declaration, path: read.file.path, at }
      const known = found.get(ref)
      if (known) known.push(candidate)
      else found.set(ref, [candidate])
    }
  }
  return found
}

/** How a file that holds a ref is called in a message: a repository's without the scheme. */
function placeText(place: string): string {
  return place.replace(/^git:/, '')
}

/** The problem of a file that declares what another one holds. */
function conflict(ref: string, file: string, holder: string, at: { line: number; column: number }): FieldProblem {
  return { field: 'metadata.name', message: `"${ref}" is declared in ${holder} already, which stays; choose another name`, file, ...at }
}
