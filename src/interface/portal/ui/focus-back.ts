import { useEffect, useState } from 'react'

/** Gives the focus back to what had it when this was first drawn, once it is gone again: for dialogs that are not there while they are closed. */
export function useFocusBack(): void {
  const [before] = useState(() => document.activeElement)
  useEffect(
    () => () => {
      if (before instanceof HTMLElement) requestAnimationFrame(() => before.focus({ preventScroll: true }))
    },
    [before],
  )
}
