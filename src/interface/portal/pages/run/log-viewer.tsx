import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import type { LogLine } from '../../api/shapes.ts'
import { useKey } from '../../app/keys.ts'
import { findLines, groupsAround, visibleRows } from './log-rows.ts'
import { LogRowView } from './log-row-view.tsx'
import { LogTools } from './log-tools.tsx'
import css from './run.module.css'

interface LogViewerProps {
  name: string
  lines: readonly LogLine[]
  isLive: boolean
  /** Line to show first; a failing step's last line goes to the lower edge, so that what led to it is above. */
  target: number | undefined
  /** Lines of the permalink, first and last. */
  marked: readonly [number, number] | undefined
  /** The failing step's last line; its groups stay open. */
  error: number | null
  /** What stands at the left; gets a function that shows a line. */
  children: (jump: (n: number) => void) => ReactNode
}

/** A log of any length: drawn by need, groups folded, searchable, followed until one scrolls up. */
export function LogViewer({ name, lines, isLive, target, marked, error, children }: LogViewerProps) {
  const box = useRef<HTMLDivElement>(null)
  const [folded, setFolded] = useState<ReadonlySet<number>>(() => startFolds(lines, [target, error ?? undefined]))
  const [text, setText] = useState('')
  const [hit, setHit] = useState(0)
  const [isWrapped, setWrapped] = useState(true)
  const [isFollowing, setFollowing] = useState(isLive && target === undefined)
  const rows = useMemo(() => visibleRows(lines, folded), [lines, folded])
  const hits = useMemo(() => findLines(lines, text), [lines, text])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => 20,
    overscan: 20,
    getItemKey: (at) => rows[at]?.line.n ?? at,
  })
  const pending = useRef<number | undefined>(target)
  const jump = useCallback(
    (n: number): void => {
      setFollowing(false)
      const around = groupsAround(lines, n)
      pending.current = n
      setFolded((old) => new Set([...old].filter((each) => !around.includes(each) && each !== n)))
    },
    [lines],
  )
  useEffect(() => {
    const n = pending.current
    if (n === undefined || virtual.scrollRect === null || virtual.scrollRect.height === 0) return
    pending.current = undefined
    const at = rows.findIndex((row) => row.line.n >= n)
    const align = n === error ? 'end' : 'center'
    if (n > 0) virtual.scrollToIndex(at === -1 ? rows.length - 1 : at, { align })
  })
  useEffect(() => {
    if (isFollowing && rows.length > 0) virtual.scrollToIndex(rows.length - 1, { align: 'end' })
  }, [rows.length, isFollowing, virtual])
  const step = (by: 1 | -1): void => {
    if (hits.length === 0) return
    const next = (hit + by + hits.length) % hits.length
    setHit(next)
    jump(hits[next] ?? 0)
  }
  useKey('n', () => step(1), hits.length > 0)
  useKey('N', () => step(-1), hits.length > 0)
  const onSearch = useCallback(
    (wanted: string): void => {
      setText(wanted)
      setHit(0)
      const first = findLines(lines, wanted)[0]
      if (first !== undefined) jump(first)
    },
    [lines, jump],
  )
  return (
    <div className={css['panes']}>
      <div>{children(jump)}</div>
      <div style={{ minWidth: 0 }}>
        <LogTools
          name={name}
          lines={lines}
          text={text}
          hits={hits.length}
          hit={hit}
          isWrapped={isWrapped}
          isFollowing={isFollowing}
          isLive={isLive}
          onSearch={onSearch}
          onStep={step}
          onWrap={setWrapped}
          onFollow={setFollowing}
        />
        <div
          ref={box}
          className={`${css['log']} ${isWrapped ? css['isWrapped'] : ''}`}
          tabIndex={0}
          role="log"
          aria-live="off"
          aria-label={`Log of ${name}`}
          onWheel={(event) => {
            if (event.deltaY < 0) setFollowing(false)
          }}
        >
          <div className={css['lines']} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index]
              if (row === undefined) return null
              return (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  className={css['line']}
                  data-marked={marked !== undefined && row.line.n >= marked[0] && row.line.n <= marked[1]}
                  data-hit={hits[hit] === row.line.n ? 'current' : undefined}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <LogRowView row={row} onFold={() => setFolded((old) => toggled(old, row.line.n))} />
                </div>
              )
            })}
          </div>
        </div>
      </div>
    </div>
  )
}

function startFolds(lines: readonly LogLine[], kept: readonly (number | undefined)[]): ReadonlySet<number> {
  const open = new Set(kept.flatMap((n) => (n === undefined ? [] : [...groupsAround(lines, n), n])))
  return new Set(lines.filter((line) => line.group === 'start' && !open.has(line.n)).map((line) => line.n))
}

function toggled(set: ReadonlySet<number>, n: number): ReadonlySet<number> {
  const next = new Set(set)
  if (!next.delete(n)) next.add(n)
  return next
}
