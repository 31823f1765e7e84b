import { useMemo } from 'react'
import { stringify } from 'yaml'

/** Any value as YAML. */
export function YamlText({ value, className }: { value: unknown; className: string }) {
  const text = useMemo(() => stringify(value, { lineWidth: 0 }), [value])
  return (
    <pre className={className} tabIndex={0} role="region" aria-label="As YAML">
      {text}
    </pre>
  )
}
