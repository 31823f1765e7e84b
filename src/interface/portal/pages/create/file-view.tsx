import type { CreationPreview } from '../../api/shapes.ts'
import { patchLines } from '../pull-request/patch-lines.ts'
import css from './create.module.css'

const signs = { hunk: '', same: ' ', added: '+', removed: '-', note: '' } as const

/** One file of a preview: its text, or of one that is there already what would differ. */
export function FileView({ file }: { file: CreationPreview['files'][number] }) {
  if (file.isBinary) {
    return (
      <p className={css['content']} style={{ padding: 16 }}>
        A binary file.
      </p>
    )
  }
  if (file.patch !== null) {
    return (
      <pre className={css['content']} tabIndex={0} role="region" aria-label={`What differs in ${file.path}`}>
        {patchLines(file.patch).map((line, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- a line is its number
          <span key={at} className={css[line.kind]} data-line={line.now ?? line.old ?? ''}>
            <span className="sr">{line.kind === 'added' ? 'Added: ' : line.kind === 'removed' ? 'Removed: ' : ''}</span>
            <span aria-hidden="true">{signs[line.kind]}</span> {line.text}
          </span>
        ))}
      </pre>
    )
  }
  const text = file.state === 'removed' ? (file.before ?? '') : file.content
  return (
    <pre className={css['content']} tabIndex={0} role="region" aria-label={`${file.state === 'removed' ? 'Removed' : 'Content of'} ${file.path}`}>
      {text.split('\n').map((line, at) => (
        <span key={`${at}${line}`} className={css['numbered']}>
          {line === '' ? ' ' : line}
        </span>
      ))}
    </pre>
  )
}
