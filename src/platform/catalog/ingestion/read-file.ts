import type { SourceDocument } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { eachDescriptor, type Descriptor } from '../descriptor-source.ts'
import type { Entity } from '../entity.ts'
import { checkEntity } from '../entity-check.ts'
import { classOfKind } from '../entity-kinds.ts'
import { emittedOf } from './emitted-location.ts'
import { documentOf, type EntityDocument } from './entity-document.ts'
import { hasPlaceholders, resolvePlaceholders } from './placeholders.ts'
import type { PlaceholderReader } from './placeholder-reader.ts'
import type { EmittedLocation, SourceFile, SourceTrust } from './source-batch.ts'

/** What the feature that a kind is for finds wrong in a document of it, by kind in lower case, e.g. `policy`. The catalog itself knows the envelope only. */
export type DocumentChecks = Readonly<Record<string, (document: SourceDocument) => readonly FieldProblem[]>>

/** A file as it was understood. */
export interface ReadFile {
  file: SourceFile
  /** Good declarations, in the order of the file, each ref once. `at` is the place of its name. */
  declarations: (EntityDocument & { at: () => { line: number; column: number } })[]
  /** What is wrong in the whole file, and with each ref that could be made out. */
  problems: FieldProblem[]
  wrongOf: Map<string, FieldProblem[]>
  emitted: EmittedLocation[]
  hasPlaceholders: boolean
}

export interface ReadDeps {
  placeholders?: PlaceholderReader
  checks?: DocumentChecks
}

/** How long documents are read before others are served. */
const SLICE_MS = 15

/** Parses and checks a file, and reads what its placeholders stand for. Never throws, and lets others in between documents. */
export async function readFile(file: SourceFile, source: string, trust: SourceTrust, deps: ReadDeps): Promise<ReadFile> {
  const read: ReadFile = { file, declarations: [], problems: [], wrongOf: new Map(), emitted: [], hasPlaceholders: false }
  const declared = new Set<string>()
  let sliceEndsAt = performance.now() + SLICE_MS
  for (const part of eachDescriptor(file.path, file.text)) {
    read.problems.push(...part.problems)
    for (const document of part.documents) await readDocument(read, document, { source, trust, deps, declared })
    if (performance.now() < sliceEndsAt) continue
    await new Promise((resolve) => setImmediate(resolve))
    sliceEndsAt = performance.now() + SLICE_MS
  }
  return read
}

async function readDocument(
  read: ReadFile,
  found: Descriptor,
  at: { source: string; trust: SourceTrust; deps: ReadDeps; declared: Set<string> },
): Promise<void> {
  const { file } = read
  let document: SourceDocument = found
  let unread: FieldProblem[] = []
  if (hasPlaceholders(found.value)) {
    read.hasPlaceholders = true
    const resolved = await resolvePlaceholders(found, { file, source: at.source, ...(at.deps.placeholders ? { reader: at.deps.placeholders } : {}) })
    document = resolved.document
    unread = resolved.problems
  }
  const verdict = checkEntity(document)
  const faults = [...unread, ...(verdict.entity ? faultsOf(document, verdict.entity, at.trust, at.deps.checks) : verdict.problems)]
  if (!verdict.entity || faults.length > 0) {
    read.problems.push(...faults)
    if (verdict.ref !== undefined) read.wrongOf.set(verdict.ref, faults)
    return
  }
  const { ref, entity } = verdict
  if (at.declared.has(ref)) {
    read.problems.push({ field: 'metadata.name', message: `"${ref}" is declared twice in this file; the first stays`, file: file.path, ...found.placeOf() })
    return
  }
  at.declared.add(ref)
  read.declarations.push({ ...documentOf(ref, entity, file), at: found.placeOf })
  const emitted = emittedOf(ref, entity, file)
  if (emitted) read.emitted.push(emitted)
}

function faultsOf(document: SourceDocument, entity: Entity, trust: SourceTrust, checks: DocumentChecks | undefined): readonly FieldProblem[] {
  const lacking = whatLacks(entity, trust)
  if (lacking !== undefined) return [{ field: 'kind', message: lacking, file: document.file, ...document.locate(['kind']) }]
  return checks?.[entity.kind.toLowerCase()]?.(document) ?? []
}

/** Why a source may not declare this kind; undefined when it may. */
function whatLacks(entity: Entity, trust: SourceTrust): string | undefined {
  const needed = classOfKind(entity.apiVersion, entity.kind)
  if (trust.level === 'organisation' || needed === 'catalog') return undefined
  if (needed === 'template' && trust.level === 'templates') return undefined
  const isAllowable = needed === 'people' || needed === 'template'
  if (isAllowable && trust.allow?.some((kind) => kind.toLowerCase() === entity.kind.toLowerCase())) return undefined
  return `a ${entity.kind} can be declared in the platform's own repositories only${isAllowable ? ', or at a location that is allowed to' : ''}`
}
