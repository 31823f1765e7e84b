import type { InputOf } from '#contract'

export type Format = InputOf<'imports.create'>['body']['format']

/** Catalogs that can be read and written. */
export const formats: { value: Format; label: string; hint: string }[] = [
  { value: 'backstage', label: 'Backstage', hint: 'catalog-info.yaml files, several entities in one are fine' },
  { value: 'port', label: 'Port', hint: 'blueprints, entities and scorecards as JSON or YAML' },
  { value: 'cortex', label: 'Cortex', hint: 'cortex.yaml descriptors, teams and scorecards' },
]

/** A file that a reader dropped. */
export interface DroppedFile {
  path: string
  text: string
}

const READABLE = /\.(?:ya?ml|json|csv|md)$/i
const MOST_BYTES = 5_000_000

/** The files that can be sent, and in words why others can't. */
export async function readDropped(files: readonly File[]): Promise<{ files: DroppedFile[]; refused: string[] }> {
  const read: DroppedFile[] = []
  const refused: string[] = []
  for (const file of files) {
    const path = file.webkitRelativePath === '' ? file.name : file.webkitRelativePath
    if (!READABLE.test(path)) refused.push(`${path} is neither YAML nor JSON`)
    else if (file.size > MOST_BYTES) refused.push(`${path} is larger than 5 MB`)
    else read.push({ path, text: await file.text() })
  }
  return { files: read, refused }
}
