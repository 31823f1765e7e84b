import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { createContext, use, useEffect, useState, type ReactNode } from 'react'
import { openStream, type StreamState } from './stream.ts'
import { topicsOf } from './topics.ts'

const LiveContext = createContext<StreamState>('connecting')

/** Whether this tab hears of what happens: `live`, or `lost` while it tries again. */
export function useLive(): StreamState {
  return use(LiveContext)
}

/** Opens the tab's one stream, and lets each event refresh what it made old. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient()
  const [state, setState] = useState<StreamState>('connecting')
  useEffect(() => {
    const refresh = refresher(client)
    let wasLost = false
    const close = openStream({
      url: '/api/v1/stream',
      onEvent: (event) => refresh.add(subjectOf(event.data)),
      onState: (next) => {
        setState(next)
        if (next === 'lost') wasLost = true
        if (next === 'live' && wasLost) {
          wasLost = false
          void client.invalidateQueries()
        }
      },
    })
    return () => {
      close()
      refresh.stop()
    }
  }, [client])
  return <LiveContext value={state}>{children}</LiveContext>
}

/** Collects topics, so that a burst of events is one refresh. */
function refresher(client: QueryClient): { add: (subject: string) => void; stop: () => void } {
  const topics = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = (): void => {
    timer = undefined
    const old = new Set(topics)
    topics.clear()
    void client.invalidateQueries({ predicate: (query) => old.has(String(query.queryKey[0])) }, { cancelRefetch: false })
  }
  return {
    add(subject) {
      for (const topic of topicsOf(subject)) topics.add(topic)
      timer ??= setTimeout(flush, 120)
    },
    stop() {
      clearTimeout(timer)
    },
  }
}

function subjectOf(data: string): string {
  try {
    const event = JSON.parse(data) as { subject?: unknown }
    return typeof event.subject === 'string' ? event.subject : ''
  } catch {
    return ''
  }
}
