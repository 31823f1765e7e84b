import { useEffect, useRef, useState } from 'react'

/** True from when the element first comes near the window: what is below loads when it is wanted. */
export function useInSight<E extends Element>(margin = '400px') {
  const ref = useRef<E>(null)
  const [isSeen, setSeen] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (element === null || isSeen) return undefined
    const observer = new IntersectionObserver((entries) => setSeen((seen) => seen || entries.some((entry) => entry.isIntersecting)), { rootMargin: margin })
    observer.observe(element)
    return () => observer.disconnect()
  }, [isSeen, margin])
  return [ref, isSeen] as const
}
