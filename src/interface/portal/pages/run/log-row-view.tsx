import { getRouteApi } from '@tanstack/react-router'
import { plural } from '../../format/quantity.ts'
import { formatExact } from '../../format/duration.ts'
import { parseAnsi } from './ansi.ts'
import type { LogRow } from './log-rows.ts'
import css from './run.module.css'

const route = getRouteApi('/app/pipelines/$run')

/** One line: its number is its permalink (with shift: the end of a range), its colours are the terminal's. */
export function LogRowView({ row, onFold }: { row: LogRow; onFold: () => void }) {
  const navigate = route.useNavigate()
  const { line } = row
  return (
    <>
      <a
        className={css['number']}
        href={`?line=${line.n}`}
        tabIndex={-1}
        title={line.at === '' ? undefined : formatExact(line.at)}
        aria-label={`Link to line ${line.n}`}
        onClick={(event) => {
          event.preventDefault()
          void navigate({
            search: (old) =>
              event.shiftKey && old.line !== undefined
                ? { ...old, line: Math.min(old.line, line.n), to: Math.max(old.line, line.n) }
                : { ...old, line: line.n, to: line.n },
            replace: true,
            resetScroll: false,
          })
        }}
      >
        {line.n}
      </a>
      <span className={`${css['text']} ${levelClass(line.level)}`} style={{ paddingLeft: row.depth * 12 }}>
        {row.isHead ? (
          <button type="button" className={css['fold']} aria-expanded={!row.isFolded} onClick={onFold}>
            <span aria-hidden="true">{row.isFolded ? '▸' : '▾'}</span>
            <Pieces text={line.text} />
            {row.isFolded ? <span className={css['faint']}>{plural(row.hidden, 'line')}</span> : null}
          </button>
        ) : (
          <Pieces text={line.text} />
        )}
      </span>
    </>
  )
}

function levelClass(level: LogRow['line']['level']): string {
  if (level === 'error') return css['red'] ?? ''
  if (level === 'warning') return css['amber'] ?? ''
  return level === undefined ? '' : (css['faint'] ?? '')
}

function Pieces({ text }: { text: string }) {
  const pieces = parseAnsi(text)
  if (pieces.length === 0) return ' '
  return pieces.map((piece, at) => (
    <span
      key={`${at}${piece.text}`}
      className={[piece.tone === null ? '' : css[piece.tone], piece.isBold ? css['bold'] : '', piece.isFaint ? css['faint'] : ''].join(' ')}
    >
      {piece.text}
    </span>
  ))
}
