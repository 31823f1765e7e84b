import css from './keys.module.css'

/** The key of a command, shown beside its word. Hidden from screen readers, which have `aria-keyshortcuts`. */
export function Keys({ keys }: { keys: string }) {
  return (
    <kbd aria-hidden="true" className={css['key']}>
      {keys}
    </kbd>
  )
}
