import path from 'node:path/posix'
import { parseSource, type SourceDocument } from '#kernel/common/document'
import type { JsonObject } from '#kernel/common/json'
import type { GitHost } from '#delivery/git-host'
import { parseEntityRef, formatEntityRef, type CatalogDirectory, type EntityQuery } from '#platform/catalog'
import type { TemplateFile } from './actions/index.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import { readTemplate, type Template } from './template-document.ts'
import { resolveInside } from './workspace.ts'

export interface TemplateLibraryDeps {
  host: Pick<GitHost, 'readFile' | 'listTree' | 'resolveRef'>
  directory: Pick<CatalogDirectory, 'entitiesOfKind'>
  query: Pick<EntityQuery, 'findByRef'>
}

/** A template at a commit, with the files beside it. */
export interface LoadedTemplate {
  template: Template
  /** The entity as it is written. */
  entity: JsonObject
  repository: string
  commit: string
  /** `metadata.annotations['fairway.dev/version']`, or the commit's first 7 digits. */
  version: string
  readFolder: (url: string) => Promise<readonly TemplateFile[]>
}

/** Folders of commits never change, so the last few are kept. */
const KEPT_FOLDERS = 8
const KEPT_TEMPLATES = 64
const MAX_FILES = 5_000

/** Templates by ref, read from the repositories that the catalog knows them from. */
export class TemplateLibrary {
  readonly #deps: TemplateLibraryDeps
  readonly #folders = new Map<string, Promise<readonly TemplateFile[]>>()
  readonly #heads = new Map<string, Promise<string | undefined>>()
  readonly #templates = new Map<string, { template: Template; entity: JsonObject }>()

  constructor(deps: TemplateLibraryDeps) {
    this.#deps = deps
  }

  /** All templates that are good, by title. */
  async list(): Promise<Template[]> {
    const documents = await this.#deps.directory.entitiesOfKind('template')
    const templates = documents.flatMap((item) => readTemplate(item.document).template ?? [])
    return templates.sort((a, b) => (a.title < b.title ? -1 : 1))
  }

  /**
   * @param ref `template:default/node-service-postgres`, or its name alone.
   * @param commit which commit of its repository; the head of the default branch unless told.
   * @throws `platform.scaffolder.template_not_found`, `.template_invalid` with file and line.
   */
  async load(ref: string, commit?: string): Promise<LoadedTemplate> {
    const parts = parseEntityRef(ref, { kind: 'template' })
    const full = parts ? formatEntityRef(parts) : ref
    const stored = parts?.kind.toLowerCase() === 'template' ? await this.#deps.query.findByRef(full) : undefined
    if (!stored) throw scaffolderFaults.template_not_found({ ref: full })
    const [owner = '', name = ''] = stored.repository.split('/')
    const at = commit ?? (await this.#headOf({ owner, name, ref: stored.branch })) ?? stored.commit
    const read = await this.#readTemplate(stored, { owner, name, ref: at, path: stored.path })
    const folder = path.dirname(stored.path) === '.' ? '' : path.dirname(stored.path)
    return {
      ...read,
      repository: stored.repository,
      commit: at,
      version: versionOf(read.entity) ?? at.slice(0, 7),
      readFolder: async (url) => await this.#readFolder({ owner, name, ref: at, path: resolveInside(folder, url) }),
    }
  }

  /** Who asks while somebody else's question is under way gets its answer: fifty runs at once start git a few times. */
  async #headOf(place: { owner: string; name: string; ref: string }): Promise<string | undefined> {
    const key = `${place.owner}/${place.name}@${place.ref}`
    const asked = this.#heads.get(key) ?? this.#deps.host.resolveRef(place).finally(() => this.#heads.delete(key))
    this.#heads.set(key, asked)
    return await asked
  }

  /** A file of a commit never changes, so a good template is read once. */
  async #readTemplate(
    stored: { ref: string; repository: string; path: string; entity: { metadata: { name: string } } },
    place: { owner: string; name: string; ref: string; path: string },
  ): Promise<{ template: Template; entity: JsonObject }> {
    const key = `${stored.repository}@${place.ref}:${place.path}#${stored.entity.metadata.name}`
    const kept = this.#templates.get(key)
    if (kept) return kept
    const text = new TextDecoder().decode(await this.#deps.host.readFile(place))
    const source = parseSource(`${stored.repository}/${stored.path}`, text)
    const document = documentOf(source.documents, stored.entity.metadata.name)
    const read = document && readTemplate(document)
    if (!document || !read?.template) {
      const problems = [...source.problems, ...(read?.problems ?? [])]
      throw scaffolderFaults.template_invalid({ ref: stored.ref, count: Math.max(problems.length, 1) }, { errors: problems })
    }
    const result = { template: read.template, entity: document.value as JsonObject }
    this.#templates.set(key, result)
    const oldest = this.#templates.keys().next().value
    if (this.#templates.size > KEPT_TEMPLATES && oldest !== undefined) this.#templates.delete(oldest)
    return result
  }

  async #readFolder(place: { owner: string; name: string; ref: string; path: string }): Promise<readonly TemplateFile[]> {
    const key = `${place.owner}/${place.name}@${place.ref}:${place.path}`
    const kept = this.#folders.get(key)
    if (kept) return await kept
    const files = this.#fetchFolder(place)
    this.#folders.set(key, files)
    files.catch(() => this.#folders.delete(key))
    const oldest = this.#folders.keys().next().value
    if (this.#folders.size > KEPT_FOLDERS && oldest !== undefined) this.#folders.delete(oldest)
    return await files
  }

  async #fetchFolder(place: { owner: string; name: string; ref: string; path: string }): Promise<TemplateFile[]> {
    const { path: folder, ...at } = place
    const entries = await this.#deps.host.listTree({ ...at, ...(folder === '' ? {} : { path: folder }), recursive: true })
    const link = entries.find((entry) => entry.type === 'link' || entry.type === 'submodule')
    // A link may lead anywhere; neither followed nor copied into somebody's new repository.
    if (link) throw scaffolderFaults.bad_path({ path: link.path, why: `is a ${link.type}; a template has files only` })
    const files = entries.filter((entry) => entry.type === 'file')
    if (files.length > MAX_FILES) throw scaffolderFaults.too_large({ what: `more than ${MAX_FILES} files` })
    const result: TemplateFile[] = []
    for (const batch of batches(files, 8)) {
      result.push(
        ...(await Promise.all(
          batch.map(async (entry) => ({
            path: folder === '' ? entry.path : entry.path.slice(folder.length + 1),
            content: await this.#deps.host.readFile({ ...at, path: entry.path }),
            isExecutable: entry.mode === '100755',
          })),
        )),
      )
    }
    return result
  }
}

function versionOf(entity: JsonObject): string | undefined {
  const version = (entity as { metadata?: { annotations?: Record<string, unknown> } }).metadata?.annotations?.['fairway.dev/version']
  return typeof version === 'string' || typeof version === 'number' ? String(version) : undefined
}

function documentOf(documents: readonly SourceDocument[], name: string): SourceDocument | undefined {
  return documents.find((document) => (document.value as { metadata?: { name?: string } } | null)?.metadata?.name === name) ?? documents[0]
}

function batches<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
}
