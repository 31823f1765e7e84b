import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import type { Layout } from './layered-layout.ts'
import { fitted, opened, panned, zoomed, type Size, type Viewport } from './viewport.ts'

/** A move of fewer pixels is a click. */
const CLICK_PX = 5

/** Pan by dragging or wheel, zoom by `ctrl` and wheel, by pinching, or by the given functions. */
export function usePanAndZoom(frame: RefObject<HTMLElement | null>, layout: Layout, root: string | undefined) {
  const [size, setSize] = useState<Size>({ width: 960, height: 560 })
  const [viewport, setViewport] = useState<Viewport>(() => fitted(layout, size))
  const moved = useRef(0)
  const latest = useRef({ layout, size, root })
  latest.current = { layout, size, root }
  const fit = useCallback(() => setViewport(fitted(latest.current.layout, latest.current.size)), [])
  const reopen = useCallback(() => setViewport(opened(latest.current.layout, latest.current.size, latest.current.root)), [])
  const zoomBy = useCallback(
    (factor: number) => setViewport((old) => zoomed(old, factor, { x: latest.current.size.width / 2, y: latest.current.size.height / 2 })),
    [],
  )
  const isDragged = useCallback(() => moved.current > CLICK_PX, [])

  useLayoutEffect(() => {
    const element = frame.current
    if (element === null) return undefined
    let isFirst = true
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return
      const next = { width: entry.contentRect.width, height: entry.contentRect.height }
      setSize(next)
      if (isFirst) setViewport(opened(latest.current.layout, next, latest.current.root))
      isFirst = false
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame])

  useEffect(() => {
    const element = frame.current
    if (element === null) return undefined
    const pointers = new Map<number, { x: number; y: number }>()
    const placeOf = (event: { clientX: number; clientY: number }): { x: number; y: number } => {
      const rect = element.getBoundingClientRect()
      return { x: event.clientX - rect.left, y: event.clientY - rect.top }
    }
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault()
      if (event.ctrlKey || event.metaKey) setViewport((old) => zoomed(old, Math.exp(-event.deltaY / 200), placeOf(event)))
      else setViewport((old) => panned(old, event.deltaX, event.deltaY))
    }
    const onDown = (event: PointerEvent): void => {
      if (event.button !== 0 || (event.target as Element).closest('button') !== null) return
      if (pointers.size === 0) moved.current = 0
      pointers.set(event.pointerId, placeOf(event))
    }
    const onMove = (event: PointerEvent): void => {
      const before = pointers.get(event.pointerId)
      if (before === undefined) return
      const now = placeOf(event)
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1]
      pointers.set(event.pointerId, now)
      moved.current += Math.hypot(now.x - before.x, now.y - before.y)
      if (other === undefined) {
        if (moved.current > CLICK_PX) setViewport((old) => panned(old, before.x - now.x, before.y - now.y))
        return
      }
      const factor = Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y))
      setViewport((old) => zoomed(old, factor, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }))
    }
    const onUp = (event: PointerEvent): void => void pointers.delete(event.pointerId)
    element.addEventListener('wheel', onWheel, { passive: false })
    element.addEventListener('pointerdown', onDown)
    window.addEventListener('pointermove', onMove)
    window.addEventListener('pointerup', onUp)
    window.addEventListener('pointercancel', onUp)
    return () => {
      element.removeEventListener('wheel', onWheel)
      element.removeEventListener('pointerdown', onDown)
      window.removeEventListener('pointermove', onMove)
      window.removeEventListener('pointerup', onUp)
      window.removeEventListener('pointercancel', onUp)
    }
  }, [frame])
  return { viewport, setViewport, size, fit, reopen, zoomBy, isDragged }
}
