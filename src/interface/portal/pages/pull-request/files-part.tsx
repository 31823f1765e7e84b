import { useQuery } from '@tanstack/react-query'
import { repositoryQueries, type DiffFile, type PullRequestDetail, type RepositoryName } from '../../api/repository-queries.ts'
import { useKey } from '../../app/keys.ts'
import { plural } from '../../format/quantity.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { FileDiffView, LineCounts } from './file-diff-view.tsx'
import { patchCounts } from './patch-lines.ts'
import css from './pull-request.module.css'

/** Lines of all files together that are shown open; beyond it a file opens by a click. */
const OPEN_LINES = 3_000
const OPEN_FILE_LINES = 600

/** Every file that it alters: the list first, then each with its lines. `]` and `[` go from file to file. */
export function FilesPart({ pull, params }: { pull: PullRequestDetail; params: RepositoryName & { number: number } }) {
  const diff = useQuery(repositoryQueries.diff(params, pull.headSha))
  useKey(']', () => focusFile(1))
  useKey('[', () => focusFile(-1))
  return (
    <Section title="Files changed" id="files" count={diff.data?.files.length}>
      <QueryView query={diff} what="files" skeleton={<RowSkeletons rows={12} height={20} />}>
        {({ files, isTruncated }) =>
          files.length === 0 ? (
            <EmptyState title="It alters nothing">Its branch has what the target has.</EmptyState>
          ) : (
            <>
              <Overview files={files} />
              {openFiles(files).map(({ file, isOpen }) => (
                <FileDiffView key={file.path} file={file} isOpen={isOpen} />
              ))}
              {isTruncated ? <p className="dim">There are more files than a page shows; fetch the branch to see them all.</p> : null}
            </>
          )
        }
      </QueryView>
    </Section>
  )
}

function openFiles(files: readonly DiffFile[]): { file: DiffFile; isOpen: boolean }[] {
  let left = OPEN_LINES
  return files.map((file) => {
    const lines = file.patch === null ? 0 : file.patch.split('\n').length
    const isOpen = lines <= OPEN_FILE_LINES && lines <= left
    if (isOpen) left -= lines
    return { file, isOpen }
  })
}

function Overview({ files }: { files: readonly DiffFile[] }) {
  const counts = files.map((file) => patchCounts(file.patch))
  const sum = (key: 'added' | 'removed'): number => counts.reduce((total, each) => total + each[key], 0)
  return (
    <nav className={css['summary']} aria-label="Changed files">
      <p className="dim" style={{ marginBottom: 4 }}>
        {plural(files.length, 'file')}, {plural(sum('added'), 'line')} added, {sum('removed')} removed
      </p>
      {files.map((file, at) => (
        <span key={file.path} className={css['summaryRow']}>
          <a href={`#${fileId(file.path)}`}>{file.path}</a>
          <LineCounts added={counts[at]?.added ?? 0} removed={counts[at]?.removed ?? 0} />
        </span>
      ))}
    </nav>
  )
}

/** The address of a file on the page. */
function fileId(path: string): string {
  return `file-${encodeURIComponent(path)}`
}

function focusFile(by: 1 | -1): void {
  const heads = [...document.querySelectorAll<HTMLElement>('[data-file]')]
  const at = heads.indexOf(document.activeElement as HTMLElement)
  const next = heads[at === -1 ? (by === 1 ? 0 : heads.length - 1) : Math.min(heads.length - 1, Math.max(0, at + by))]
  next?.focus()
  next?.scrollIntoView({ block: 'start' })
}
