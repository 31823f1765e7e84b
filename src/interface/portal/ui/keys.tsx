import { Kbd } from '@mantine/core'

/** The key of a command, shown beside its word. Hidden from screen readers, which have `aria-keyshortcuts`. */
export function Keys({ keys }: { keys: string }) {
  return (
    <Kbd aria-hidden="true" size="xs" style={{ marginLeft: 8, opacity: 0.8 }}>
      {keys}
    </Kbd>
  )
}
