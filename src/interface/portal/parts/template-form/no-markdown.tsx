import type { ReactNode } from 'react'

/**
 * Stands in for `markdown-to-jsx` in the bundle (see `vite.config.ts`): RJSF only draws descriptions and help with it, which our own templates draw,
 * and it would be a quarter of the form's chunk.
 */
export function Markdown({ children }: { children?: ReactNode }): ReactNode {
  return children
}
