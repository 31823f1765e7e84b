import { Button, Select, Switch } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import type { LogRecord } from '../../api/shapes.ts'
import { without } from '../../app/search.ts'
import { formatClock, formatExact } from '../../format/duration.ts'
import { FilterBar, FilterInput } from '../../ui/filters.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import css from './observe.module.css'
import { timeRange, type RangeName } from './time-range.ts'

const route = getRouteApi('/app/observe/$name')
const levels = ['debug', 'info', 'warn', 'error'] as const

/** Log lines, newest last: search, level, follow. */
export function LogsView({ component, environment, range }: { component: string; environment: string; range: RangeName }) {
  const { q = '', level } = route.useSearch()
  const navigate = route.useNavigate()
  const [isFollowing, setFollowing] = useState(true)
  const box = useRef<HTMLDivElement>(null)
  const logs = useInfiniteQuery({
    queryKey: ['telemetry', 'logs', component, environment, range, q, level],
    queryFn: ({ signal, pageParam }) => {
      const { from, to } = timeRange(range, Date.now())
      return api.call(
        'telemetry.logs',
        { query: { component, environment, from, to, q: q === '' ? undefined : q, level, limit: 200, cursor: pageParam } },
        { signal },
      )
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: isFollowing ? 3000 : false,
  })
  const set = useCallback(
    (name: 'q' | 'level', value: string | null): void => {
      void navigate({
        search: (old) => Object.fromEntries(Object.entries({ ...old, [name]: value }).filter(([, each]) => each !== null && each !== '')),
        replace: true,
        resetScroll: false,
      })
    },
    [navigate],
  )
  const onQuery = useCallback((value: string) => set('q', value), [set])
  useEffect(() => {
    if (isFollowing && box.current !== null) box.current.scrollTop = box.current.scrollHeight
  }, [logs.data, isFollowing])
  return (
    <>
      <FilterBar>
        <FilterInput label="Search the logs" value={q} delayMs={250} onChange={onQuery} />
        <Select
          aria-label="Level and worse"
          placeholder="Every level"
          data={[...levels]}
          value={level ?? null}
          clearable
          w={136}
          onChange={(value) => set('level', value)}
        />
        <Switch label="Follow" checked={isFollowing} onChange={(event) => setFollowing(event.currentTarget.checked)} />
      </FilterBar>
      <QueryView query={logs} what="logs" skeleton={<RowSkeletons rows={12} height={22} />}>
        {({ pages }) => {
          const lines = pages.flatMap((page) => page.items).sort((a, b) => a.at.localeCompare(b.at))
          if (lines.length === 0) {
            return q === '' && level === undefined ? (
              <EmptyState title="No line in this time">What the component writes to its output shows up here, with the release that wrote it.</EmptyState>
            ) : (
              <EmptyState
                title="No line is like that"
                action={
                  <Button variant="default" onClick={() => void navigate({ search: (old) => without(old, 'q', 'level'), replace: true })}>
                    Clear the filters
                  </Button>
                }
              />
            )
          }
          return (
            <div
              ref={box}
              className={css['logs']}
              tabIndex={0}
              role="log"
              aria-label="Log lines"
              aria-live="off"
              onWheel={(event) => {
                if (event.deltaY < 0) setFollowing(false)
              }}
            >
              {logs.hasNextPage ? (
                <Button variant="subtle" color="gray" fullWidth loading={logs.isFetchingNextPage} onClick={() => void logs.fetchNextPage()}>
                  Load earlier lines
                </Button>
              ) : null}
              {lines.map((line, at) => (
                <LogLine key={`${line.at}${line.instance}${at}`} line={line} />
              ))}
            </div>
          )
        }}
      </QueryView>
    </>
  )
}

function LogLine({ line }: { line: LogRecord }) {
  const severity = line.severity.toLowerCase()
  const tone = severity.startsWith('err') || severity === 'fatal' ? css['error'] : severity.startsWith('warn') ? css['warn'] : ''
  return (
    <div className={css['log']}>
      <span className="dim" title={formatExact(line.at)}>
        {formatClock(line.at)}
      </span>
      <span className={tone}>{severity}</span>
      <span className="dim cut">{line.instance}</span>
      <span className={`${css['body']} ${tone}`}>{line.body}</span>
    </div>
  )
}
