import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import { areKeysOn, endGo, isGoing, isTyping, startGo } from './keys.ts'

const places: Record<string, '/' | '/catalog' | '/environments' | '/create' | '/pipelines' | '/repositories'> = {
  h: '/',
  c: '/catalog',
  e: '/environments',
  n: '/create',
  p: '/pipelines',
  r: '/repositories',
}

/** The keys that work on every page: `g` and a letter, `/`, `j`, `k`, `enter`, `?`, and the palette's `mod+k`. */
export function useGlobalKeys(open: { palette: () => void; help: () => void }): void {
  const navigate = useNavigate()
  const { palette, help } = open
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        palette()
        return
      }
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !areKeysOn()) return
      if (isGoing() && event.key !== 'Shift') {
        event.preventDefault()
        endGo()
        const place = places[event.key]
        if (place !== undefined) void navigate({ to: place })
      } else if (event.key === 'g') startGo()
      else if (event.key === '?') help()
      else if (event.key === '/') focusFilter(event)
      else if (event.key === 'j' || event.key === 'k') moveRow(event, event.key === 'j' ? 1 : -1)
      else if (event.key === 'Enter') openRow(event, (to) => void navigate({ to }))
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [navigate, palette, help])
}

function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLInputElement>('input[data-filter]')
  if (filter === null) return
  event.preventDefault()
  filter.focus()
  filter.select()
}

function moveRow(event: KeyboardEvent, by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')].filter((row) => row.offsetParent !== null)
  if (rows.length === 0) return
  event.preventDefault()
  const at = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement))
  const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

function openRow(event: KeyboardEvent, go: (to: string) => void): void {
  const row = event.target instanceof HTMLElement && event.target.dataset['row'] !== undefined ? event.target : null
  if (row === null) return
  event.preventDefault()
  go(row.dataset['row'] ?? '/')
}
