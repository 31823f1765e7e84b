import type { Logger } from '#kernel/node/log'
import type { Database } from '#kernel/node/database'
import type { CatalogSource } from './catalog-source.ts'
import { tablesOf } from './catalog-tables.ts'
import type { BatchIngestion } from './ingestion/batch-ingestion.ts'
import type { IngestionReport, SourceTrust } from './ingestion/source-batch.ts'

/** Repositories that may declare people, groups, templates and platform kinds; all `*.yaml` files of the organisation's are read. */
export interface TrustedRepositories {
  organisation: string
  goldenPaths: string
}

export interface Push {
  repository: string
  /** Full name, e.g. `refs/heads/main`. */
  ref: string
  after: string
  pusher?: string
}

const COMPONENT_FILES = ['catalog-info.yaml', 'catalog-info.yml', 'openslo.yaml']

export interface RepositoryFeedDeps {
  db: Database
  log: Logger
  source: CatalogSource
  trusted: TrustedRepositories
  ingestion: BatchIngestion
  /** Address of a file for people. */
  linkTo: (place: { repository: string; branch: string; path: string }) => string
}

/** Feeds the catalog from the platform's own repositories. Every method is idempotent. */
export class RepositoryFeed {
  readonly #deps: RepositoryFeedDeps

  constructor(deps: RepositoryFeedDeps) {
    this.#deps = deps
  }

  /** Takes in what a push altered. Pushes to other branches than the default one are none of the catalog's business. */
  async onPush(push: Push): Promise<IngestionReport | undefined> {
    const branch = push.ref.replace(/^refs\/heads\//, '')
    const known = await this.#deps.source.findRepository(push.repository)
    if (known?.defaultBranch !== branch) return undefined
    return await this.ingestRepository(push.repository, branch, push.pusher)
  }

  /** Reads a repository's files at the head of `branch` and takes over what differs from last time. */
  async ingestRepository(repository: string, branch: string, actor = 'system:fairway'): Promise<IngestionReport> {
    const found = await this.#deps.source.readFiles(repository, branch, this.#globsOf(repository))
    const report = await this.#deps.ingestion.take({
      source: `git:${repository}`,
      files: (found?.files ?? []).map(({ path, text }) => {
        const link = this.#deps.linkTo({ repository, branch, path })
        return { path, text, location: `url:${link}`, viewUrl: link, repository, branch }
      }),
      isComplete: true,
      commit: found?.commit ?? null,
      actor,
      trust: this.#trustOf(repository),
    })
    const db = tablesOf(this.#deps.db)
    if (!found) await db.deleteFrom('catalog_repository').where('repository', '=', repository).execute()
    else {
      const values = { repository, head_sha: found.commit }
      await db
        .insertInto('catalog_repository')
        .values(values)
        .onConflict((conflict) => conflict.column('repository').doUpdateSet(values))
        .execute()
    }
    return report
  }

  /** The safety net: reads every repository whose head is not the one that was read last, and drops what is gone. */
  async rescan(): Promise<void> {
    const repositories = await this.#deps.source.listRepositories()
    const rows = await tablesOf(this.#deps.db).selectFrom('catalog_repository').select(['repository', 'head_sha']).execute()
    const seen = new Map(rows.map((row) => [row.repository, row.head_sha]))
    // The organisation first: its groups and environments are what the others refer to.
    const ordered = [...repositories].sort((a, b) => Number(this.#isTrusted(b.repository)) - Number(this.#isTrusted(a.repository)))
    for (const { repository, defaultBranch, head } of ordered) {
      if (head !== null && seen.get(repository) !== head) await this.ingestRepository(repository, defaultBranch)
      seen.delete(repository)
    }
    for (const repository of seen.keys()) await this.ingestRepository(repository, 'main')
  }

  #isTrusted(repository: string): boolean {
    return repository === this.#deps.trusted.organisation || repository === this.#deps.trusted.goldenPaths
  }

  #trustOf(repository: string): SourceTrust {
    if (repository === this.#deps.trusted.organisation) return { level: 'organisation' }
    return { level: repository === this.#deps.trusted.goldenPaths ? 'templates' : 'catalog' }
  }

  #globsOf(repository: string): string[] {
    if (repository === this.#deps.trusted.organisation) return ['**/*.yaml', '**/*.yml']
    if (repository === this.#deps.trusted.goldenPaths) return ['**/template.yaml', ...COMPONENT_FILES]
    return COMPONENT_FILES
  }
}
