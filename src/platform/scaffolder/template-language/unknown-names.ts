import { FILTERS } from './filters.ts'
import type { SyntaxNode } from './syntax-tree.ts'
import { TESTS } from './tests.ts'

/** Filters and tests of a template that are not here, in words; found without running it. Pure. */
export function unknownNames(root: SyntaxNode): string[] {
  const found = new Set<string>()
  const visit = (node: SyntaxNode): void => {
    if (node.typename === 'Filter') {
      const name = String((node['name'] as SyntaxNode)['value'])
      if (!Object.hasOwn(FILTERS, name)) found.add(`there is no filter "${name}"`)
    }
    if (node.typename === 'Is') {
      const right = node['right'] as SyntaxNode
      const name = String((right.typename === 'FunCall' ? (right['name'] as SyntaxNode) : right)['value'])
      if (!Object.hasOwn(TESTS, name)) found.add(`there is no test "${name}"`)
    }
    for (const member of Object.values(node)) for (const child of Array.isArray(member) ? (member as unknown[]) : [member]) if (isNode(child)) visit(child)
  }
  visit(root)
  return [...found]
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { typename?: unknown }).typename === 'string'
}
