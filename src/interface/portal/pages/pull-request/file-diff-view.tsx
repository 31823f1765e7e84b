import { Button } from '@mantine/core'
import { useState } from 'react'
import type { DiffFile } from '../../api/repository-queries.ts'
import { patchCounts, patchLines, type PatchLine } from './patch-lines.ts'
import css from './pull-request.module.css'

const words: Record<DiffFile['status'], string> = { added: 'Added', altered: 'Altered', removed: 'Removed', renamed: 'Renamed' }
const signs: Record<PatchLine['kind'], string> = { hunk: '', same: ' ', added: '+', removed: '-', note: '' }

/** One file of a diff. */
export function FileDiffView({ file, isOpen: isOpenAtFirst }: { file: DiffFile; isOpen: boolean }) {
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const { added, removed } = patchCounts(file.patch)
  const hasLines = file.patch !== null && file.patch !== ''
  return (
    <article className={css['file']} id={`file-${encodeURIComponent(file.path)}`} aria-label={file.path}>
      <div className={css['fileHead']} data-file tabIndex={-1}>
        <h3 className={css['fileName']}>
          {file.previousPath === null ? null : <span className="dim">{file.previousPath} → </span>}
          {file.path}
        </h3>
        <span className="dim">{words[file.status]}</span>
        <LineCounts added={added} removed={removed} />
        {hasLines ? (
          <Button
            variant="subtle"
            size="compact-xs"
            color="gray"
            c="dimmed"
            aria-expanded={isOpen}
            aria-label={`${isOpen ? 'Hide' : 'Show'} the lines of ${file.path}`}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? 'Hide' : 'Show'}
          </Button>
        ) : null}
      </div>
      {hasLines ? isOpen ? <Lines patch={file.patch ?? ''} path={file.path} /> : null : <p className={css['left']}>{whyNoLines(file)}</p>}
    </article>
  )
}

function whyNoLines(file: DiffFile): string {
  if (file.patch === null) return 'A binary file, or one too large for a page.'
  return file.status === 'renamed' ? 'Moved; no line of it is altered.' : 'No line of it is altered.'
}

function Lines({ patch, path }: { patch: string; path: string }) {
  return (
    <div className={css['patch']} tabIndex={0} role="region" aria-label={`Lines of ${path}`}>
      <table className={css['lines']}>
        <caption className="sr">Lines of {path}, before and after</caption>
        <thead className="sr">
          <tr>
            <th scope="col">Before</th>
            <th scope="col">After</th>
            <th scope="col">Sign</th>
            <th scope="col">Line</th>
          </tr>
        </thead>
        <tbody>
          {patchLines(patch).map((line, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- a line is its number
            <tr key={at} className={css[line.kind]}>
              <td className={css['number']}>{line.old}</td>
              <td className={css['number']}>{line.now}</td>
              <td className={css['sign']}>{signs[line.kind]}</td>
              <td className={css['text']}>{line.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** `+12 −3`, in words for screen readers. */
export function LineCounts({ added, removed }: { added: number; removed: number }) {
  if (added === 0 && removed === 0) return null
  return (
    <span className="num">
      <span className="sr">
        {added} added, {removed} removed
      </span>
      <span aria-hidden="true">
        <span className={css['plus']}>+{added}</span> <span className={css['minus']}>−{removed}</span>
      </span>
    </span>
  )
}
