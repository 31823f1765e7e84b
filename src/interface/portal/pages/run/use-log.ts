import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../../api/api.ts'
import type { LogChunk, LogLine } from '../../api/shapes/index.ts'
import { openStream } from '../../live/stream.ts'

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
      let from = (lines.at(-1)?.n ?? -1) + 1
      let isComplete = false
      for (;;) {
        const chunk: LogChunk = await api.runLog(run, job, from, signal)
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
  useEffect(() => {
    if (isEnded || !isLoaded) return undefined
    return openStream({
      url: `/api/v1/runs/${encodeURIComponent(run)}/jobs/${encodeURIComponent(job)}/log/stream`,
      onState: () => undefined,
      onEvent: (event) => {
        const line = lineOf(event.data)
        if (line !== null) setStreamed((old) => ((old.at(-1)?.n ?? -1) < line.n ? [...old, line] : old))
      },
    })
  }, [run, job, isEnded, isLoaded])
  useEffect(() => {
    if (isEnded && query.data?.isComplete === false) void refetch()
  }, [isEnded, query.data?.isComplete, refetch])
  const last = query.data?.lines.at(-1)?.n ?? -1
  const lines = query.data === undefined ? undefined : [...query.data.lines, ...streamed.filter((line) => line.n > last)]
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
