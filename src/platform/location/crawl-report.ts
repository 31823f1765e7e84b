import type { FieldProblem } from '#kernel/common/fault'
import type { CrawledFile, CrawlResult } from './crawl.ts'
import type { StoredFile } from './location-store.ts'
import type { IngestionReport } from './location.ts'

/** What could not be read, for people: each thing once. */
export function problemsOf(result: CrawlResult): FieldProblem[] {
  const problems = result.problems.map((problem) => ({
    field: problem.key === null ? 'target' : `spec.targets`,
    message: problem.key === null ? problem.message : `${problem.ref ?? 'a Location'} lists "${problem.target}": ${problem.message}`,
    ...(problem.key === null ? {} : { file: problem.key }),
  }))
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()]
}

/** What each Location entity has to say: its targets that can't be read, or nothing. Those whose own file is wrong say that already. */
export function statusOf(result: CrawlResult, stored: readonly StoredFile[], generatedRef: string | undefined): { ref: string; problems: FieldProblem[] }[] {
  const listers = stored.filter((file) => file.problems.length === 0).flatMap((file) => file.listings.map((listing) => ({ ref: listing.ref, file: file.key })))
  const refs = [...(generatedRef === undefined ? [] : [{ ref: generatedRef, file: null }]), ...listers]
  return refs.map(({ ref, file }) => ({
    ref,
    problems: result.problems
      .filter((problem) => problem.key === file && (file === null || problem.ref === ref))
      .map((problem) => ({ field: file === null ? 'spec.target' : 'spec.targets', message: `"${problem.target}": ${problem.message}` })),
  }))
}

/** Whether a file was read now, and is not what it was. */
export function hasText(file: CrawledFile): file is CrawledFile & { text: string } {
  return file.text !== undefined
}

/** Adds what another ingestion did. */
export function mergeReport(report: IngestionReport, more: IngestionReport): void {
  report.added.push(...more.added)
  report.altered.push(...more.altered)
  report.removed.push(...more.removed)
  report.problems.push(...more.problems)
  report.emitted.push(...more.emitted)
}
