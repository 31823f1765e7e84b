import { Tooltip } from '@mantine/core'
import { formatAge, formatExact, formatShortAge } from '../format/duration.ts'
import { useNow } from './clock.ts'

/** A relative time, with the exact one in its tooltip. */
export function Age({ at, isShort = false }: { at: string; isShort?: boolean }) {
  useNow()
  const now = Date.now()
  return (
    <Tooltip label={formatExact(at)}>
      <time dateTime={at} className="num" style={{ whiteSpace: 'nowrap' }}>
        {isShort ? formatShortAge(at, now) : formatAge(at, now)}
      </time>
    </Tooltip>
  )
}
