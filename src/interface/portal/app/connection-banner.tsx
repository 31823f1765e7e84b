import { useSyncExternalStore } from 'react'
import { useLive } from '../live/live.tsx'
import css from './shell.module.css'

function subscribe(listener: () => void): () => void {
  window.addEventListener('online', listener)
  window.addEventListener('offline', listener)
  return () => {
    window.removeEventListener('online', listener)
    window.removeEventListener('offline', listener)
  }
}

/** Says when what is shown may be old: no network, or a lost stream. Goes away by itself. */
export function ConnectionBanner() {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine)
  const live = useLive()
  const words = !isOnline
    ? 'You are offline. Shown is the last answer; it refreshes by itself when the network is back.'
    : live === 'lost'
      ? 'The live connection is lost. Trying again; what you see may be old until then.'
      : null
  return <div role="status">{words === null ? null : <div className={css['banner']}>{words}</div>}</div>
}
