import type { MeasuredServer, ServerCpu } from './measured-server.ts'
import { entityCountOf, type CatalogSize } from './seeded-catalog.ts'

/** Where the files of a catalog lie, and how the platform hears of them. */
export interface CatalogPlace extends AsyncDisposable {
  /** `location` or `push`. */
  readonly kind: string
  /** Puts a whole catalog there, tells the platform, and waits until all of it is seen. */
  ingest(size: CatalogSize, server: MeasuredServer): Promise<Ingest>
  /** Alters the `index`th Component, tells the platform, and waits until it is seen altered. */
  edit(size: CatalogSize, index: number): Promise<Edit>
}

/** What taking in a catalog cost. */
export interface Ingest extends ServerCpu {
  /** From telling the platform to the last entity being visible. */
  seconds: number
  /** Of that, the telling (`git push`, the request) itself. */
  saidSeconds: number
  entities: number
}

/** How long an edit took. */
export interface Edit {
  /** From telling the platform to the entity being seen altered. */
  visibleMs: number
  /** Of that, the telling itself. */
  saidMs: number
}

/** The file of the `index`th Component: they come last. */
export function fileOf(size: CatalogSize, index: number): string {
  const before = entityCountOf(size) - size.components
  return `entities-${String(Math.floor((before + index) / 100)).padStart(4, '0')}.yaml`
}

/** The file with another title on one of its entities. */
export function editedText(text: string, name: string, title: string): string {
  return text.replace(new RegExp(`(\\n  name: ${name}\\n  title: ).*`), `$1${title}`)
}
