/** Where a value stands in its file, from 1. */
export interface Position {
  line: number
  column: number
}

/** A value of a workflow file that may hold expressions: what is left to evaluate when its contexts are known. */
export type Template =
  | { kind: 'literal'; value: string | number | boolean | null; at: Position }
  | { kind: 'expression'; text: string; at: Position }
  | { kind: 'sequence'; items: Template[]; at: Position }
  | { kind: 'mapping'; entries: TemplateEntry[]; at: Position }

/** `key` is a literal or an expression; the key `insert` with an expression merges a mapping in place. */
export interface TemplateEntry {
  key: Template | 'insert'
  value: Template
}

/** All expressions in a template, depth first. */
export function expressionsOf(template: Template | undefined): string[] {
  if (!template) return []
  switch (template.kind) {
    case 'literal':
      return []
    case 'expression':
      return [template.text]
    case 'sequence':
      return template.items.flatMap(expressionsOf)
    default:
      return template.entries.flatMap((entry) => [...(entry.key === 'insert' ? [] : expressionsOf(entry.key)), ...expressionsOf(entry.value)])
  }
}
