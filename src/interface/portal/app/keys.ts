import { useEffect, useRef } from 'react'

const setting = 'fairway.keys'

/** Single-letter keys can be switched off in the settings (WCAG 2.1.4). */
export function areKeysOn(): boolean {
  return localStorage.getItem(setting) !== 'off'
}

/** Switches single-letter keys on or off in this browser. */
export function setKeysOn(isOn: boolean): void {
  localStorage.setItem(setting, isOn ? 'on' : 'off')
}

/** True where letters are text, or where a dialog has the word. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) || target.closest('[role="dialog"]') !== null
}

let prefixAt = 0

/** Notes that `g` was pressed: the next letter is a place, not a command. */
export function startGo(): void {
  prefixAt = Date.now()
}

/** True when `g` was pressed a moment ago. */
export function isGoing(): boolean {
  return Date.now() - prefixAt < 1200
}

/** Ends the wait for a place. */
export function endGo(): void {
  prefixAt = 0
}

/** Runs `act` on a key of the page, such as `a` to approve. Not while somebody types, nor with a modifier. */
export function useKey(key: string, act: () => void, isOn = true): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    if (!isOn) return undefined
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== key || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || !areKeysOn() || isGoing())
        return
      if (document.querySelector('[role="dialog"]') !== null) return
      event.preventDefault()
      latest.current()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [key, isOn])
}

/** Every key, for the help that `?` opens. */
export const keyHelp: readonly { keys: string; does: string }[] = [
  { keys: 'Ctrl K', does: 'Command palette: go to anything, do anything' },
  { keys: '/', does: 'Filter this page' },
  { keys: 'g h', does: 'Go to Home' },
  { keys: 'g c', does: 'Go to Catalog' },
  { keys: 'g e', does: 'Go to Environments' },
  { keys: 'g n', does: 'Go to Create (new)' },
  { keys: 'g p', does: 'Go to Pipelines' },
  { keys: 'g r', does: 'Go to Repositories' },
  { keys: 'j  k', does: 'Next and previous row' },
  { keys: 'Enter', does: 'Open the row' },
  { keys: 'x', does: 'Select the row (catalog)' },
  { keys: 'p', does: 'Promote (environments, on a row)' },
  { keys: 'a', does: 'Approve the change that is shown' },
  { keys: 'r', does: 'Reject the change that is shown, with a reason' },
  { keys: '[  ]', does: 'Previous and next file of a pull request' },
  { keys: 'm', does: 'Merge the pull request that is shown' },
  { keys: 'e', does: 'Expand the thing that has the focus (graph)' },
  { keys: '+  −  0', does: 'Zoom in, out, and to all (graph)' },
  { keys: 'n  N', does: 'Next and previous hit in a log' },
  { keys: '?', does: 'This list' },
]
