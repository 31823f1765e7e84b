import { useQuery } from '@tanstack/react-query'
import { repositoryQueries, type RepositoryName } from '../../api/repository-queries.ts'
import { formatSize, plural } from '../../format/quantity.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Panel, Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { baseName } from './folder-entries.ts'
import css from './repository.module.css'

/** Lines that a page shows; more are for a clone. */
const MOST_LINES = 5_000

/** One file as text with line numbers. */
export function FileView({ repository, branch, path }: { repository: RepositoryName; branch: string; path: string }) {
  const file = useQuery(repositoryQueries.file(repository, branch, path))
  return (
    <QueryView query={file} what="file">
      {({ content, encoding, sizeBytes }) => {
        if (encoding !== 'utf-8') return <EmptyState title="A binary file">It has {formatSize(sizeBytes)}; clone the repository to open it.</EmptyState>
        const lines = content.replace(/\n$/, '').split('\n')
        return (
          <Section title={baseName(path)} id="file" actions={<span className="dim num">{`${plural(lines.length, 'line')}, ${formatSize(sizeBytes)}`}</span>}>
            <Panel>
              <pre className={css['file']} tabIndex={0} role="region" aria-label={`Content of ${path}`}>
                {lines.slice(0, MOST_LINES).map((line, at) => (
                  // oxlint-disable-next-line react/no-array-index-key -- a line is its number
                  <span key={at}>{line === '' ? ' ' : line}</span>
                ))}
              </pre>
            </Panel>
            {lines.length > MOST_LINES ? <p className="dim">The first {MOST_LINES} lines; clone the repository for the rest.</p> : null}
          </Section>
        )
      }}
    </QueryView>
  )
}
