import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { api } from '../../api/client.ts'
import type { LogChunk, LogLine } from '../../api/shapes.ts'
import { openStream } from '../../live/stream.ts'

/** Steps have no events of their own: while lines come, the run is looked at again this often at most. */
const stepRefreshMs = 2000

interface Log {
  lines: readonly LogLine[]
  isComplete: boolean
}

/** The whole log of a job: what is there by pages, what comes by the job's stream. */
export function useLog(run: string, job: string, isEnded: boolean) {
  const client = useQueryClient()
  const key = ['runlog', run, job]
  const [streamed, setStreamed] = useState<readonly LogLine[]>([])
  const query = useQuery<Log>({
    queryKey: key,
    staleTime: isEnded ? Number.POSITIVE_INFINITY : 0,
    queryFn: async ({ signal }) => {
      const old = client.getQueryData<Log>(key)
      const lines = [...(old?.lines ?? [])]
      let from = (lines.at(-1)?.n ?? 0) + 1
      let isComplete = false
      for (;;) {
        const chunk: LogChunk = await api.call('runs.log', { params: { id: run, job }, query: { from, limit: 5000 } }, { signal })
        lines.push(...chunk.lines.filter((line) => line.n >= from))
        isComplete = chunk.isComplete
        if (chunk.nextFrom <= from) break
        from = chunk.nextFrom
        if (isComplete && chunk.lines.length === 0) break
      }
      return { lines, isComplete }
    },
  })
  const isLoaded = query.data !== undefined
  const { refetch } = query
  const loadedTo = useRef(0)
  loadedTo.current = query.data?.lines.at(-1)?.n ?? 0
  useEffect(() => {
    if (isEnded || !isLoaded) return undefined
    let lastRefreshAt = Date.now()
    const pending: LogLine[] = []
    let frame = 0
    const flush = (): void => {
      frame = 0
      const lines = pending.splice(0)
      setStreamed((old) => [...old, ...lines.filter((line) => line.n > (old.at(-1)?.n ?? 0))])
    }
    const close = openStream({
      url: `/api/v1/runs/${encodeURIComponent(run)}/jobs/${encodeURIComponent(job)}/log/stream?from=${loadedTo.current + 1}`,
      endType: 'end',
      onState: () => undefined,
      onEvent: (event) => {
        const line = lineOf(event.data)
        if (line === null) return
        pending.push(line)
        if (frame === 0) frame = requestAnimationFrame(flush)
        if (Date.now() - lastRefreshAt < stepRefreshMs) return
        lastRefreshAt = Date.now()
        void client.invalidateQueries({ queryKey: ['runs', 'one', run] })
      },
    })
    return () => {
      cancelAnimationFrame(frame)
      close()
    }
  }, [run, job, isEnded, isLoaded, client])
  useEffect(() => {
    if (isEnded && query.data?.isComplete === false) void refetch()
  }, [isEnded, query.data?.isComplete, refetch])
  const lines = useMemo(() => {
    if (query.data === undefined) return undefined
    const last = query.data.lines.at(-1)?.n ?? 0
    return [...query.data.lines, ...streamed.filter((line) => line.n > last)]
  }, [query.data, streamed])
  return { query, lines }
}

function lineOf(data: string): LogLine | null {
  try {
    const value = JSON.parse(data) as Partial<LogLine>
    return typeof value.n === 'number' && typeof value.text === 'string' ? (value as LogLine) : null
  } catch {
    return null
  }
}
