import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { catalogYaml } from './catalog-yaml.ts'
import { seededCatalog, type CatalogDocument, type CatalogSize } from './seeded-catalog.ts'

/** Entities in a file. */
const PER_FILE = 100

/** A file of a seeded catalog. */
export interface CatalogFile {
  /** E.g. `entities-0005.yaml`. */
  path: string
  text: string
}

/** The files of a catalog, 100 entities each, e.g. 153 for 10,000 Components. */
export function* catalogFiles(size: CatalogSize): Generator<CatalogFile> {
  let index = 0
  const file = (documents: readonly CatalogDocument[]): CatalogFile => ({
    path: `entities-${String(index++).padStart(4, '0')}.yaml`,
    text: catalogYaml(documents),
  })
  let documents: CatalogDocument[] = []
  for (const document of seededCatalog(size)) {
    documents.push(document)
    if (documents.length < PER_FILE) continue
    yield file(documents)
    documents = []
  }
  if (documents.length > 0) yield file(documents)
}

/** Writes the files of a catalog below `folder`, which is made. @returns how many, and their size. */
export async function writeCatalog(folder: string, size: CatalogSize): Promise<{ files: number; sizeBytes: number }> {
  await mkdir(folder, { recursive: true })
  const written = { files: 0, sizeBytes: 0 }
  for (const file of catalogFiles(size)) {
    await writeFile(path.join(folder, file.path), file.text)
    written.files += 1
    written.sizeBytes += Buffer.byteLength(file.text)
  }
  return written
}
