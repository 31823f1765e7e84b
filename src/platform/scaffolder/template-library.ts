import path from 'node:path/posix'
import { parseSource, type SourceDocument } from '#kernel/common/document'
import type { JsonObject } from '#kernel/common/json'
import { parseEntityRef, formatEntityRef, type CatalogDirectory, type EntityQuery, type StoredEntity } from '#platform/catalog'
import type { TemplateFile } from './actions/index.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'
import { readTemplate, type Template } from './template-document.ts'
import { filesBelow, looseRevision, type FindTemplatePlace, type GitTemplatePlace, type TemplatePlace, type TemplateRevision } from './template-place.ts'
import { resolveInside } from './workspace.ts'

export interface TemplateLibraryDeps {
  host: GitTemplatePlace['host']
  directory: Pick<CatalogDirectory, 'entitiesOfKind'>
  query: Pick<EntityQuery, 'findByRef'>
  /** Where templates lie that came by a location; without it only those of the built-in Git host are read. */
  findPlace?: FindTemplatePlace | undefined
}

/** A template at a commit, with the files beside it. */
export interface LoadedTemplate {
  template: Template
  /** The entity as it is written. */
  entity: JsonObject
  /** Where it comes from: a repository (`fairway/golden-paths`, `github.com/acme/templates`), the address of a folder, a folder of the platform's machine. */
  source: string
  /** The repository, in which `path` lies; undefined where there is none. */
  repository: string | undefined
  path: string
  /** Of the repository; where there is none the SHA-256 of the descriptor. */
  commit: string
  /** `metadata.annotations['fairway.dev/version']`, or the commit's first 7 digits. */
  version: string
  readFolder: (url: string) => Promise<readonly TemplateFile[]>
  readFile: (url: string) => Promise<TemplateFile>
}

/** Folders of commits never change, so the last few are kept. */
const KEPT_FOLDERS = 8
const KEPT_TEMPLATES = 64

/** Templates by ref, read from where the catalog knows them: repositories of any Git host, web addresses, folders that the operator allowed. */
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
    const templates = documents.flatMap((item) => readTemplate(asWritten(item.document)).template ?? [])
    return templates.sort((a, b) => (a.title < b.title ? -1 : 1))
  }

  /**
   * @param ref `template:default/node-service-postgres`, or its name alone.
   * @param commit which commit of its repository; the head of its branch unless told. Of a template without a repository there is only what is there now.
   * @throws `platform.scaffolder.template_not_found`, `.template_invalid` with file and line, `.template_altered`.
   */
  async load(ref: string, commit?: string): Promise<LoadedTemplate> {
    const parts = parseEntityRef(ref, { kind: 'template' })
    const full = parts ? formatEntityRef(parts) : ref
    const stored = parts?.kind.toLowerCase() === 'template' ? await this.#deps.query.findByRef(full) : undefined
    if (!stored) throw scaffolderFaults.template_not_found({ ref: full })
    const place = await this.#placeOf(stored)
    const source = place.kind === 'git' ? place.repository : place.source
    const revision = await this.#revisionOf(place, stored, commit)
    const read = await this.#readTemplate(stored, source, revision)
    const folder = path.dirname(place.path) === '.' ? '' : path.dirname(place.path)
    const own = new Map<string, Promise<readonly TemplateFile[]>>()
    // Where there are no commits files may change: they are kept for this run alone.
    const kept = place.kind === 'git' ? this.#folders : own
    return {
      ...read,
      source,
      repository: place.kind === 'git' ? place.repository : undefined,
      path: place.path,
      commit: revision.commit,
      version: versionOf(read.entity) ?? revision.commit.slice(0, 7),
      readFolder: async (url) => await this.#readFolder(revision, resolveInside(folder, url), kept),
      readFile: async (url) => {
        const at = resolveInside(folder, url)
        const name = path.basename(at)
        if (place.kind === 'loose') return { path: name, content: await place.readFile(at), isExecutable: false }
        const files = await this.#readFolder(revision, path.dirname(at) === '.' ? '' : path.dirname(at), kept)
        const file = files.find((candidate) => candidate.path === name)
        if (!file) throw scaffolderFaults.bad_path({ path: url, why: 'is not beside the template' })
        return file
      },
    }
  }

  /** Where a template lies; undefined for one that is not in the catalog, or whose place is not known. */
  async findPlace(ref: string): Promise<TemplatePlace | undefined> {
    const stored = await this.#deps.query.findByRef(ref)
    return stored && (await this.#placeOf(stored).catch(() => undefined))
  }

  /** A push to the built-in host is in the catalog under its repository; all else came by a location. */
  async #placeOf(stored: StoredEntity): Promise<TemplatePlace> {
    const { host, findPlace } = this.#deps
    if (stored.source.startsWith('git:')) {
      const [owner = '', name = ''] = stored.repository.split('/')
      return { kind: 'git', repository: stored.repository, host, at: { owner, name }, ref: stored.branch, path: stored.path }
    }
    const location = stored.entity.metadata.annotations?.['backstage.io/managed-by-location']
    if (!findPlace || typeof location !== 'string')
      throw scaffolderFaults.unsupported({ what: `the files of "${stored.ref}" can not be read: it is not known where they lie` })
    return await findPlace(location)
  }

  async #revisionOf(place: TemplatePlace, stored: StoredEntity, commit: string | undefined): Promise<TemplateRevision> {
    if (place.kind === 'git') {
      const at = commit ?? (await this.#headOf(place)) ?? stored.commit
      return { place, commit: at, content: undefined }
    }
    const content = await place.readFile(place.path)
    const now = looseRevision(content)
    if (commit !== undefined && commit !== now) throw scaffolderFaults.template_altered({ ref: stored.ref, source: place.source })
    return { place, commit: now, content }
  }

  /** Who asks while somebody else's question is under way gets its answer: fifty runs at once start git a few times. */
  async #headOf({ repository, host, at, ref }: GitTemplatePlace): Promise<string | undefined> {
    const key = `${repository}@${ref}`
    const asked = this.#heads.get(key) ?? host.resolveRef({ ...at, ref }).finally(() => this.#heads.delete(key))
    this.#heads.set(key, asked)
    return await asked
  }

  /** A file of a commit never changes, so a good template is read once. */
  async #readTemplate(stored: StoredEntity, source: string, revision: TemplateRevision): Promise<{ template: Template; entity: JsonObject }> {
    const { name } = stored.entity.metadata
    const { place, commit } = revision
    const key = `${source}@${commit}:${place.path}#${name}`
    const kept = this.#templates.get(key)
    if (kept) return kept
    const content = revision.content ?? (place.kind === 'git' ? await place.host.readFile({ ...place.at, ref: commit, path: place.path }) : new Uint8Array())
    const file = place.kind === 'git' ? `${source}/${place.path}` : `${source}/${path.basename(place.path)}`
    const parsed = parseSource(file, new TextDecoder().decode(content))
    const document = documentOf(parsed.documents, name)
    const read = document && readTemplate(document)
    if (!document || !read?.template) {
      const problems = [...parsed.problems, ...(read?.problems ?? [])]
      throw scaffolderFaults.template_invalid({ ref: stored.ref, count: Math.max(problems.length, 1) }, { errors: problems })
    }
    const result = { template: read.template, entity: document.value as JsonObject }
    this.#templates.set(key, result)
    const oldest = this.#templates.keys().next().value
    if (this.#templates.size > KEPT_TEMPLATES && oldest !== undefined) this.#templates.delete(oldest)
    return result
  }

  async #readFolder(
    { place, commit }: TemplateRevision,
    folder: string,
    kept: Map<string, Promise<readonly TemplateFile[]>>,
  ): Promise<readonly TemplateFile[]> {
    const key = `${place.kind === 'git' ? place.repository : place.source}@${commit}:${folder}`
    const known = kept.get(key)
    if (known) return await known
    const files = filesBelow(place, commit, folder)
    kept.set(key, files)
    files.catch(() => kept.delete(key))
    const oldest = kept.keys().next().value
    if (kept.size > KEPT_FOLDERS && oldest !== undefined) kept.delete(oldest)
    return await files
  }
}

/** Without what the catalog put to it, which nobody may write. */
function asWritten(document: SourceDocument): SourceDocument {
  const { relations: _relations, status: _status, ...value } = document.value as JsonObject
  return { ...document, value }
}

function versionOf(entity: JsonObject): string | undefined {
  const version = (entity as { metadata?: { annotations?: Record<string, unknown> } }).metadata?.annotations?.['fairway.dev/version']
  return typeof version === 'string' || typeof version === 'number' ? String(version) : undefined
}

function documentOf(documents: readonly SourceDocument[], name: string): SourceDocument | undefined {
  return documents.find((document) => (document.value as { metadata?: { name?: string } } | null)?.metadata?.name === name) ?? documents[0]
}
