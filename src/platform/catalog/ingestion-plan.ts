import type { SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { readDescriptors } from './descriptor-source.ts'
import type { Entity } from './entity.ts'
import { checkEntity } from './entity-check.ts'
import { isPrivilegedKind } from './entity-kinds.ts'

/** What the feature that a kind is for finds wrong in a document of it, by kind in lower case, e.g. `policy`. The catalog itself knows the envelope only. */
export type DocumentChecks = Readonly<Record<string, (document: SourceDocument) => readonly FieldProblem[]>>

export interface FileFacts {
  path: string
  text: string
  /** Refs of the entities that this file gave when it was last read. */
  previousRefs: readonly string[]
  /** Where a ref is declared when not in this file, e.g. `acme/orders/catalog-info.yaml`. */
  holderOf: (ref: string) => string | undefined
  /** Whether this repository may declare people, groups, templates and platform kinds. */
  isTrusted: boolean
  checks?: DocumentChecks
}

/** What reading one file means for the catalog. */
export interface FilePlan {
  /** New or altered entities, by ref. */
  upserts: { ref: string; entity: Entity }[]
  /** Last good entities that stay, with what is wrong now. */
  keeps: { ref: string; problems: FieldProblem[] }[]
  removes: string[]
  /** Refs that this file declares and another file holds. */
  conflicts: string[]
  problems: FieldProblem[]
}

/**
 * Decides what a file's text does to the catalog. Pure.
 * - A wrong document takes nothing away: the last good entity stays, with the problem on it.
 * - The first file to declare a ref holds it; a later one gets a problem.
 * - A privilege (a person, a group, a platform kind) comes from trusted repositories only.
 */
export function planFile(facts: FileFacts): FilePlan {
  const source = readDescriptors(facts.path, facts.text)
  const upserts = new Map<string, Entity>()
  const conflicts: string[] = []
  const wrongOf = new Map<string, FieldProblem[]>()
  const problems: FieldProblem[] = [...source.problems]
  const isConflictOnly = new Set<FieldProblem>()

  for (const document of source.documents) {
    const verdict = checkEntity(document)
    if (!verdict.entity) {
      problems.push(...verdict.problems)
      if (verdict.ref !== undefined) wrongOf.set(verdict.ref, verdict.problems)
      continue
    }
    const { entity, ref } = verdict
    const faults = facts.checks?.[entity.kind.toLowerCase()]?.(document) ?? []
    if (faults.length > 0) {
      problems.push(...faults)
      wrongOf.set(ref, [...faults])
      continue
    }
    const at = { file: facts.path, ...document.locate(['metadata', 'name']) }
    const holder = facts.holderOf(ref)
    if (isPrivilegedKind(entity.kind) && !facts.isTrusted) {
      const problem = {
        field: 'kind',
        message: `a ${entity.kind} can be declared in the platform's own repositories only`,
        file: facts.path,
        ...document.locate(['kind']),
      }
      problems.push(problem)
      wrongOf.set(ref, [problem])
    } else if (upserts.has(ref)) {
      problems.push({ field: 'metadata.name', message: `"${ref}" is declared twice in this file; the first stays`, ...at })
    } else if (holder !== undefined) {
      const problem = { field: 'metadata.name', message: `"${ref}" is declared in ${holder} already, which stays; choose another name`, ...at }
      problems.push(problem)
      isConflictOnly.add(problem)
      conflicts.push(ref)
    } else upserts.set(ref, entity)
  }

  const wrong = problems.filter((problem) => !isConflictOnly.has(problem))
  const gone = facts.previousRefs.filter((ref) => !upserts.has(ref))
  const isSafeToRemove = wrong.length === 0
  return {
    upserts: [...upserts].map(([ref, entity]) => ({ ref, entity })),
    keeps: isSafeToRemove ? [] : gone.map((ref) => ({ ref, problems: wrongOf.get(ref) ?? wrong })),
    removes: isSafeToRemove ? gone : [],
    conflicts,
    problems,
  }
}
