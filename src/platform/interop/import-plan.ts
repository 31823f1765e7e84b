import { stringify } from 'yaml'
import { parseSource } from '#kernel/common/document'
import type { FieldProblem } from '#kernel/common/fault'
import { checkEntity, classOfKind, formatEntityRef, type Entity } from '#platform/catalog'
import type { Format, Imported, ImportedDocument, InteropFile, Loss } from './interop.ts'

/** What an import would write, and what of the catalog it touches. */
export interface ImportPlan {
  entities: { ref: string; change: 'added' | 'altered' | 'unchanged' | 'conflict'; text: string; needsReview: boolean }[]
  /** For a repository that anybody's entities may lie in. */
  open: InteropFile[]
  /** People, groups, templates and what else only the platform's own repository may declare: proposed there, merged by people. */
  reviewed: InteropFile[]
  losses: Loss[]
  problems: FieldProblem[]
}

/** Descriptors of a file; more would make it longer than a descriptor file may be. */
const DOCUMENTS_A_FILE = 200

/**
 * Decides what an import writes where. Entities that are in the catalog already, from another place, are conflicts and are left out. Pure.
 * @param known what the catalog holds for the refs of `imported`, with the repository it is from.
 */
export function planImport(
  imported: Imported,
  input: { format: Format; repository: string; known: ReadonlyMap<string, { entity: Entity; repository: string }> },
): ImportPlan {
  const plan: ImportPlan = { entities: [], open: [], reviewed: [], losses: [...imported.losses], problems: [...imported.problems] }
  const open: ImportedDocument[] = []
  const reviewed: ImportedDocument[] = []
  const seen = new Set<string>()
  for (const document of imported.documents) {
    const text = stringify(document, { lineWidth: 0 })
    const ref = refOf(document)
    const [source] = parseSource(ref, text).documents
    const verdict = source ? checkEntity(source) : undefined
    if (!verdict?.entity) {
      plan.problems.push(...(verdict?.problems ?? []))
      continue
    }
    if (seen.has(ref)) {
      plan.losses.push({ path: ref, field: '', effect: 'dropped', reason: 'is there twice; the first stays' })
      continue
    }
    seen.add(ref)
    const needsReview = classOfKind(document.apiVersion, document.kind) !== 'catalog'
    const change = changeOf(verdict.entity, input.known.get(ref), [input.repository, 'fairway/organisation'])
    plan.entities.push({ ref, change, text, needsReview })
    if (change === 'conflict')
      plan.losses.push({
        path: ref,
        field: '',
        effect: 'dropped',
        reason: `is declared in ${input.known.get(ref)?.repository ?? 'another place'} already, which stays`,
      })
    else (needsReview ? reviewed : open).push(document)
  }
  plan.open = filesOf(open, input.format)
  plan.reviewed = filesOf(reviewed, `imported/${input.format}`)
  return plan
}

function changeOf(
  entity: Entity,
  known: { entity: Entity; repository: string } | undefined,
  ours: readonly string[],
): 'added' | 'altered' | 'unchanged' | 'conflict' {
  if (!known) return 'added'
  if (!ours.includes(known.repository)) return 'conflict'
  return JSON.stringify(comparable(entity)) === JSON.stringify(comparable(known.entity)) ? 'unchanged' : 'altered'
}

/** What a file says of an entity, in one order. */
function comparable(entity: Entity): unknown {
  const { name, namespace, title, description, labels, tags, links } = entity.metadata
  const annotations = Object.entries(entity.metadata.annotations ?? {}).filter(([key]) => !key.startsWith('backstage.io/'))
  return sorted({
    apiVersion: entity.apiVersion,
    kind: entity.kind,
    name,
    namespace,
    title,
    description,
    labels,
    tags,
    links,
    annotations: Object.fromEntries(annotations),
    spec: entity.spec,
  })
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

export function refOf(document: ImportedDocument): string {
  return formatEntityRef({ kind: document.kind, namespace: document.metadata.namespace ?? 'default', name: document.metadata.name })
}

/** One file a kind, in parts where there are many, in one order: an import again alters what has altered. */
function filesOf(documents: readonly ImportedDocument[], folder: string): InteropFile[] {
  const byKind = new Map<string, ImportedDocument[]>()
  for (const document of documents) byKind.set(document.kind.toLowerCase(), [...(byKind.get(document.kind.toLowerCase()) ?? []), document])
  return [...byKind].flatMap(([kind, members]) => {
    const ordered = members.sort((a, b) => (refOf(a) < refOf(b) ? -1 : 1))
    return Array.from({ length: Math.ceil(ordered.length / DOCUMENTS_A_FILE) }, (_, part) => ({
      path: `${folder}/${kind}${part === 0 ? '' : `-${part + 1}`}.yaml`,
      text: ordered
        .slice(part * DOCUMENTS_A_FILE, (part + 1) * DOCUMENTS_A_FILE)
        .map((document) => stringify(document, { lineWidth: 0 }))
        .join('---\n'),
    }))
  })
}
