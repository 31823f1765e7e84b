import type { GraphEdge, GraphNode } from '../../api/catalog-queries.ts'
import { shortRef } from '../../format/reference.ts'
import { relationWords } from '../entity/relations.ts'

export { relationWords }

/** `Component · service` */
export function kindLine({ kind, type, isMissing }: GraphNode): string {
  if (isMissing) return `${kind} · not in the catalog`
  return type === null ? kind : `${kind} · ${type}`
}

/** What a screen reader says of a node: all that the picture shows. */
export function nodeWords(node: GraphNode, edges: readonly GraphEdge[], health?: string): string {
  const facts = [
    node.title,
    kindLine(node),
    node.owner === null ? '' : `owned by ${shortRef(node.owner)}`,
    health ?? '',
    node.hasProblems ? 'has problems' : '',
    edges.length === 1 ? '1 relation' : `${edges.length} relations`,
  ]
  return facts.filter((fact) => fact !== '').join(', ')
}

/** Cut to what fits a node, by letters: SVG text has no ellipsis. */
export function cut(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`
}

/** How the line of a relation is broken: told apart without colour. */
export const dashes: Readonly<Record<string, string>> = {
  dependsOn: '',
  consumesApi: '7 4',
  providesApi: '2 3',
  partOf: '12 4',
  ownedBy: '1 5',
  memberOf: '9 3 2 3',
  childOf: '5 3 1 3 1 3',
}
