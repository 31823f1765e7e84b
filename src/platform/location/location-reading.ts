import type { Clock } from '#kernel/common/clock'
import { isFault, type FieldProblem } from '#kernel/common/fault'
import type { Database } from '#kernel/node/database'
import type { Egress } from '#kernel/node/egress'
import type { Journal } from '#kernel/node/journal'
import type { Logger } from '#kernel/node/log'
import type { BatchIngestion, SourceTrust } from '#platform/catalog'
import type { ActiveFiles } from './active-files.ts'
import { crawl, type CrawledFile, type CrawlResult } from './crawl.ts'
import { hasText, mergeReport, problemsOf, statusOf } from './crawl-report.ts'
import type { FolderReader } from './folder-reader.ts'
import { generatedDocument, generatedName } from './location-entity.ts'
import { locationFaults } from './location-faults.ts'
import { asBackstage, fingerprintOf, GENERATED, isGenerated, listedSource, originOf, peopleSource } from './location-identity.ts'
import { rootsOf, type LocationRoots } from './location-roots.ts'
import type { LocationStore, StoredFile } from './location-store.ts'
import { parseTarget, REPOSITORY_FILES, type LocationTarget } from './location-target.ts'
import { LocationTurns } from './location-turns.ts'
import type { IngestionReport, Location, LocationState } from './location.ts'
import { nextReadingMs } from './next-reading.ts'
import { readOrganisation } from './organisation-reading.ts'
import type { Place } from './place.ts'
import { basesOf, placesRead } from './repository-bases.ts'
import { baseKey, RepositoryReader, type RepositoryBase } from './repository-reader.ts'
import { sourceFileOf } from './source-files.ts'
import type { SourceHost } from './source-host.ts'
import { SourceReader } from './source-reader.ts'

/** What readings work with. */
export interface LocationReadingDeps {
  db: Database
  store: LocationStore
  catalog: Pick<BatchIngestion, 'take' | 'removeSource' | 'setOrphans' | 'setStatus'>
  /** All Git hosts that may be read now, the built-in one (with the empty name) among them. */
  hosts: () => Promise<readonly SourceHost[]>
  folders: FolderReader
  egress: Pick<Egress, 'fetch'>
  active: ActiveFiles
  trusted: { organisation: string; goldenPaths: string }
  journal: Journal
  clock: Clock
  log: Logger
  /** 0 to 1; for the spread of retries. */
  random?: () => number
}

/** Who caused a reading. */
export interface ReadingCause {
  actor: string
  changeId?: string
}

/** What the first reading of a target would find, without anything being kept. */
export interface Preview {
  target: LocationTarget
  files: (CrawledFile & { text: string })[]
  problems: FieldProblem[]
}

const NOTHING: IngestionReport = { added: [], altered: [], removed: [], problems: [], emitted: [] }
/** What may be read from elsewhere because a trusted repository lists it: shown, without rights. */
const LISTED_TRUST: SourceTrust = { level: 'catalog', allow: ['Template', 'User', 'Group'] }

/** Reads locations into the catalog. Two readings of one location take turns, in all processes. */
export class LocationReading {
  readonly #deps: LocationReadingDeps
  readonly #turns: LocationTurns

  constructor(deps: LocationReadingDeps) {
    this.#deps = deps
    this.#turns = new LocationTurns(deps.db)
  }

  /**
   * Reads a location now and takes over what differs.
   * @param options.wait waits while another process reads it; otherwise the answer is undefined then.
   * @throws what the database or the catalog throws; what can't be read is in the location's problems.
   */
  async read(id: string, cause: ReadingCause, options: { wait: boolean }): Promise<IngestionReport | undefined> {
    return await this.#turns.take(id, options.wait, async () => {
      const location = await this.#deps.store.find(id)
      if (!location) return NOTHING
      return location.isRemoved ? await this.#remove(location, cause) : await this.#readOne(location, cause)
    })
  }

  /** Whether a repository of the built-in host was read as it would be now: addresses of files have the platform's own in them. */
  async isReadAsNow(location: Pick<Location, 'target'> & { fingerprint: string }): Promise<boolean> {
    const asBuiltIn = { ...location, isBuiltIn: true, kind: 'git' as const, allow: [] }
    return location.fingerprint === fingerprintOf(originOf(asBuiltIn, await this.#deps.hosts()), this.#trustOf(asBuiltIn))
  }

  /** What a target would give, without anything being kept. @throws `platform.location.unreadable`, `.refused`, `.bad_target`. */
  async preview(text: string): Promise<Preview> {
    const hosts = await this.#deps.hosts()
    const target = parseTarget(text, hosts)
    if ('problem' in target) throw locationFaults.bad_target({ target: text, what: target.problem })
    if (target.kind === 'organisation') return { target, files: [], problems: [] }
    const { reader, repositories } = this.#readers(hosts, new Map())
    const { roots, keyOf } = await rootsOf(target, repositories)
    const result = await crawl({ roots, known: new Map(), keyOf, reader, hosts })
    return { target, files: result.files.filter(hasText), problems: problemsOf(result) }
  }

  /** Forgets a location's files in the catalog, then the location. Whatever step a crash falls into, it is done again. */
  async #remove(location: Location, cause: ReadingCause): Promise<IngestionReport> {
    const { catalog, store, clock } = this.#deps
    const [child] = location.kind === 'organisation' ? await store.list({ limit: 1, parentId: location.id }) : []
    if (child) {
      // Its repositories go first, each in its own turn.
      await store.postpone(location.id, new Date(clock.now().getTime() + 1_000))
      return NOTHING
    }
    const report = await catalog.removeSource(location.source, cause.actor)
    if (location.isBuiltIn) await catalog.removeSource(listedSource(location), cause.actor)
    if (location.kind === 'organisation') await catalog.removeSource(peopleSource(location), cause.actor)
    await store.delete(location.id)
    return report
  }

  async #readOne(location: Location, cause: ReadingCause): Promise<IngestionReport> {
    const hosts = await this.#deps.hosts()
    const trust = this.#trustOf(location)
    const target = this.#targetOf(location, hosts)
    if ('problem' in target) return await this.#fail(location, target.problem, false)
    const origin = originOf(location, hosts)
    const fingerprint = fingerprintOf(origin, trust)
    const isSame = fingerprint === location.fingerprint
    try {
      if (target.kind === 'organisation' || (await mayBeOrganisation(target, hosts)))
        return await this.#readOrganisation(location, target, { hosts, cause, fingerprint, trust })
      const files = await this.#deps.store.listFiles(location.id)
      const known = new Map(files.map((file) => [file.key, isSame ? file : { ...file, version: null, includes: [] }]))
      const { reader, repositories } = this.#readers(hosts, isSame ? basesOf(location, files, target) : new Map())
      const roots = await rootsOf(target, repositories)
      const result = await crawl({ roots: roots.roots, known, keyOf: roots.keyOf, reader, hosts })
      return await this.#takeOver(location, { target, files, result, roots, reader, repositories, hosts, origin, fingerprint, trust, cause })
    } catch (error) {
      if (!isFault(error) || !/^(?:platform\.location|delivery)\./.test(error.code)) throw error
      return await this.#fail(location, error.message, error.retry !== 'no')
    }
  }

  async #takeOver(
    location: Location,
    reading: {
      target: LocationTarget
      files: readonly StoredFile[]
      result: CrawlResult
      roots: LocationRoots
      reader: SourceReader
      repositories: RepositoryReader
      hosts: readonly SourceHost[]
      origin: string
      fingerprint: string
      trust: SourceTrust
      cause: ReadingCause
    },
  ): Promise<IngestionReport> {
    const { result, files, cause } = reading
    const isListed = (place: Place, via: string | null): boolean => reading.trust.level !== 'catalog' && via !== null && !reading.roots.isOwn(place)
    const sources = [
      { source: location.source, trust: reading.trust, isFor: (file: { place: Place; via: string | null }) => !isListed(file.place, file.via) },
      ...(reading.trust.level === 'catalog'
        ? []
        : [{ source: listedSource(location), trust: LISTED_TRUST, isFor: (file: { place: Place; via: string | null }) => isListed(file.place, file.via) }]),
    ]
    const before = new Map(files.map((file) => [file.key, file]))
    const now = new Set(result.files.map((file) => file.key))
    const gone = files.filter((file) => !now.has(file.key))
    const { branches, commits } = await placesRead(result, reading.roots, reading.repositories)
    const context = {
      hosts: reading.hosts,
      origin: reading.origin,
      generatedRef: isGenerated(location) ? `location:default/${generatedName(asBackstage(location))}` : undefined,
      rootAddress: location.kind === 'url' ? location.target.replace(/^url:/, '') : undefined,
      branchOf: (place: Place) => (place.type === 'repository' ? (branches.get(baseKey(place)) ?? place.ref ?? '') : ''),
    }
    const report: IngestionReport = { added: [], altered: [], removed: [], problems: [], emitted: [] }
    const includes = new Map<string, StoredFile['includes']>()
    for (const { source, trust, isFor } of sources) {
      const altered = result.files.filter((file) => hasText(file) && isFor(file)) as (CrawledFile & { text: string })[]
      const removed = gone.filter((file) => file.via === null && isFor(file)).map((file) => file.key)
      const orphans = gone.filter((file) => file.via !== null && isFor(file)).map((file) => file.key)
      const generated =
        source === location.source && isGenerated(location) && location.fingerprint !== reading.fingerprint
          ? [
              {
                path: GENERATED,
                text: generatedDocument(asBackstage(location)),
                location: reading.origin,
                ...(location.kind === 'file' ? {} : { viewUrl: location.target }),
              },
            ]
          : []
      if (altered.length + removed.length + generated.length > 0) {
        using stack = new DisposableStack()
        for (const file of altered) {
          const active = { place: file.place, reader: reading.reader, includes: [] }
          stack.use(this.#deps.active.add(source, file.key, active))
          includes.set(file.key, active.includes)
        }
        const taken = await this.#deps.catalog.take({
          source,
          files: [...generated, ...altered.map((file) => sourceFileOf(file, context))],
          removed,
          isComplete: false,
          commit: commits.size === 1 ? ([...commits.values()][0] ?? null) : null,
          actor: cause.actor,
          ...(cause.changeId === undefined ? {} : { changeId: cause.changeId }),
          trust,
        })
        mergeReport(report, taken)
      }
      // What is listed (again) is no orphan; its text may be what it was, so that taking it alone would not tell.
      const adopted = location.lastReadAt === null ? [] : altered.filter((file) => file.via !== null && !before.has(file.key)).map((file) => file.key)
      if (adopted.length > 0) await this.#deps.catalog.setOrphans({ source, paths: adopted, isOrphan: false, actor: cause.actor })
      if (orphans.length > 0) await this.#deps.catalog.setOrphans({ source, paths: orphans, isOrphan: true, actor: cause.actor })
    }
    const stored = result.files.map((file): StoredFile => {
      const { text, isKept: _isKept, ...rest } = file
      const known = before.get(file.key)
      const problems = text === undefined ? (known?.problems ?? []) : report.problems.filter((problem) => problem.file === file.key)
      return { ...rest, includes: includes.get(file.key) ?? rest.includes, problems }
    })
    const own = problemsOf(result)
    if (location.kind === 'git' && !location.isBuiltIn && location.parentId === null && result.files.length === 0 && own.length === 0)
      own.push({ field: 'target', message: 'there is no descriptor in it: add a catalog-info.yaml, or name its files by ?path=' })
    if (own.length + location.problems.length > 0)
      await this.#deps.catalog.setStatus({ source: location.source, actor: cause.actor, items: statusOf(result, stored, context.generatedRef) })
    await this.#settle(location, {
      files: stored.filter((file) => JSON.stringify(before.get(file.key)) !== JSON.stringify(file)),
      gone: gone.map((file) => file.key),
      own,
      isAway: result.problems.some((problem) => problem.isPassing),
      hasFailed: result.problems.some((problem) => problem.key === null) && stored.every((file) => file.via === null && file.version === null),
      isWrong: stored.some((file) => file.problems.length > 0),
      commits: result.problems.length === 0 ? commits : new Map(),
      fingerprint: reading.fingerprint,
    })
    this.#tell(location, report)
    return report
  }

  async #readOrganisation(
    location: Location,
    target: LocationTarget,
    reading: { hosts: readonly SourceHost[]; cause: ReadingCause; fingerprint: string; trust: SourceTrust },
  ): Promise<IngestionReport> {
    const { report, problems } = await readOrganisation(this.#deps, { location, target, ...reading })
    const generated = { path: GENERATED, text: generatedDocument(asBackstage(location)), location: `url:${location.target}`, viewUrl: location.target }
    if (location.fingerprint !== reading.fingerprint)
      mergeReport(
        report,
        await this.#deps.catalog.take({
          source: location.source,
          files: [generated],
          isComplete: true,
          commit: null,
          actor: reading.cause.actor,
          trust: reading.trust,
        }),
      )
    await this.#settle(location, {
      files: [],
      gone: [],
      own: problems,
      isAway: problems.length > 0,
      hasFailed: false,
      isWrong: report.problems.length > 0,
      commits: new Map(),
      fingerprint: reading.fingerprint,
    })
    this.#tell(location, report)
    return report
  }

  async #fail(location: Location, message: string, isAway: boolean): Promise<IngestionReport> {
    const own = [{ field: 'target', message }]
    const fingerprint = location.fingerprint
    if (isGenerated(location)) {
      const ref = `location:default/${generatedName(asBackstage(location))}`
      await this.#deps.catalog.setStatus({ source: location.source, actor: 'system:fairway', items: [{ ref, problems: own }] })
    }
    await this.#settle(location, {
      files: [],
      gone: [],
      own,
      isAway,
      hasFailed: true,
      isWrong: false,
      commits: new Map(Object.entries(location.commits)),
      fingerprint,
    })
    return { ...NOTHING, problems: own }
  }

  async #settle(
    location: Location,
    outcome: {
      files: readonly StoredFile[]
      gone: readonly string[]
      own: readonly FieldProblem[]
      isAway: boolean
      hasFailed: boolean
      isWrong: boolean
      commits: ReadonlyMap<string, string>
      fingerprint: string
    },
  ): Promise<void> {
    const { store, clock, journal, db } = this.#deps
    const attempts = outcome.isAway ? location.attempts + 1 : 0
    const state: LocationState = outcome.hasFailed ? 'failed' : outcome.own.length > 0 || outcome.isWrong ? 'partial' : 'ok'
    const readAt = clock.now()
    const waitMs = nextReadingMs({ kind: location.kind, isAway: outcome.isAway, attempts, random: (this.#deps.random ?? Math.random)() })
    await store.settle(location, {
      files: outcome.files,
      gone: outcome.gone,
      state,
      problems: outcome.own,
      commits: Object.fromEntries(outcome.commits),
      fingerprint: outcome.fingerprint,
      attempts,
      readAt,
      nextReadAt: location.isBuiltIn && !outcome.isAway ? null : new Date(readAt.getTime() + waitMs),
    })
    if (state === location.state || location.isBuiltIn || (location.state === 'reading' && state === 'ok')) return
    const data = { target: location.target, state, message: outcome.own[0]?.message ?? '' }
    await db
      .transaction()
      .execute(
        async (tx) => await journal.append(tx, { type: 'platform.location.state_changed', subject: `location/${location.id}`, actor: 'system:fairway', data }),
      )
  }

  #tell(location: Location, report: IngestionReport): void {
    const { added, altered, removed, problems } = report
    if (added.length + altered.length + removed.length + problems.length === 0) return
    this.#deps.log.info(`${location.target}: ${added.length} added, ${altered.length} altered, ${removed.length} removed, ${problems.length} problems`)
  }

  #readers(hosts: readonly SourceHost[], bases: ReadonlyMap<string, RepositoryBase>): { reader: SourceReader; repositories: RepositoryReader } {
    const repositories = new RepositoryReader(hosts, bases)
    return { repositories, reader: new SourceReader({ repositories, folders: this.#deps.folders, egress: this.#deps.egress, hosts }) }
  }

  #targetOf(location: Location, hosts: readonly SourceHost[]): LocationTarget | { problem: string } {
    if (!location.isBuiltIn) return parseTarget(location.target, hosts)
    const { organisation, goldenPaths } = this.#deps.trusted
    const globs =
      location.target === organisation
        ? ['**/*.yaml', '**/*.yml']
        : location.target === goldenPaths
          ? ['**/template.yaml', ...REPOSITORY_FILES]
          : REPOSITORY_FILES
    return { kind: 'git', target: location.target, host: '', repository: location.target, tail: null, globs, mayBeGroup: false }
  }

  #trustOf(location: Pick<Location, 'isBuiltIn' | 'target' | 'allow'>): SourceTrust {
    if (!location.isBuiltIn) return { level: 'catalog', ...(location.allow.length > 0 ? { allow: [...location.allow].sort() } : {}) }
    if (location.target === this.#deps.trusted.organisation) return { level: 'organisation' }
    return { level: location.target === this.#deps.trusted.goldenPaths ? 'templates' : 'catalog' }
  }
}

async function mayBeOrganisation(target: LocationTarget, hosts: readonly SourceHost[]): Promise<boolean> {
  if (target.kind !== 'git' || !target.mayBeGroup) return false
  const host = hosts.find((candidate) => candidate.name === target.host)
  return host?.organisation !== undefined && (await host.repositories?.find(target.repository)) === undefined
}
