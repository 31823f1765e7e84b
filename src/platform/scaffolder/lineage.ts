import { isMap, parseAllDocuments, type Document } from 'yaml'
import type { TemplateFile } from './actions/index.ts'

/** Annotation that says which template, at which commit, made an entity. */
const TEMPLATE_ANNOTATION = 'fairway.dev/template'

/**
 * Notes on each entity of a descriptor where it comes from, e.g. `template:default/node-service-postgres@3f2a…`. Comments and order stay.
 * A file that can not be read stays as it is. Pure.
 */
export function withLineage(files: readonly TemplateFile[], descriptorPath: string, lineage: { ref: string; commit: string }): TemplateFile[] {
  return files.map((file) =>
    file.path === descriptorPath
      ? { ...file, content: new TextEncoder().encode(annotated(new TextDecoder().decode(file.content), `${lineage.ref}@${lineage.commit}`)) }
      : file,
  )
}

function annotated(text: string, value: string): string {
  const parsed = parseAllDocuments(text)
  const documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : []
  if (documents.length === 0 || documents.some((document) => document.errors.length > 0 || !isMap(document.contents))) return text
  for (const document of documents) {
    if (!isMap(document.getIn(['metadata', 'annotations']))) document.setIn(['metadata', 'annotations'], document.createNode({}))
    document.setIn(['metadata', 'annotations', TEMPLATE_ANNOTATION], value)
  }
  return documents.map((document) => document.toString({ lineWidth: 0 })).join('')
}
