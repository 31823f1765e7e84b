import { Skeleton } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { isUnreachable } from '../api/problem.ts'
import { FaultNotice, Strip } from './notice.tsx'

interface QueryViewProps<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isError' | 'refetch'>
  /** What is loaded, in words that follow "no" and "see": `changes`. */
  what: string
  /** Reserved while it loads for the first time ever. */
  skeleton?: ReactNode
  children: (data: T) => ReactNode
}

/** The states of anything loaded: first load, failed, stale with its reason, and the thing itself. A refresh never shows. */
export function QueryView<T>({ query, what, skeleton, children }: QueryViewProps<T>) {
  const { data, error, isError, refetch } = query
  if (data === undefined && isError) return <FaultNotice error={error} what={what} onRetry={() => void refetch()} />
  if (data === undefined) return skeleton ?? <RowSkeletons rows={4} />
  return (
    <>
      {isError && !isUnreachable(error) ? <Strip tone="amber">Not refreshed: {error?.message}. Shown is the last answer.</Strip> : null}
      {children(data)}
    </>
  )
}

/** Room for rows to come. */
export function RowSkeletons({ rows, height = 40 }: { rows: number; height?: number }) {
  return (
    <div aria-busy="true" aria-label="Loading" role="status" style={{ display: 'grid', gap: 1 }}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} style={{ height, display: 'flex', alignItems: 'center' }}>
          <Skeleton height={12} width={`${90 - ((row * 17) % 40)}%`} radius="xs" />
        </div>
      ))}
    </div>
  )
}
