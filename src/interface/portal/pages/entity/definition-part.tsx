import { lazy, Suspense } from 'react'
import type { EntityDetail } from '../../api/shapes.ts'
import { Section } from '../../ui/page.tsx'
import { RowSkeletons } from '../../ui/query-view.tsx'

const ApiExplorer = lazy(() => import('../../parts/api-explorer/api-explorer.tsx').then((module) => ({ default: module.ApiExplorer })))

/** The definition of an API, to be explored. Nothing for what has none. */
export function DefinitionPart({ detail }: { detail: EntityDetail }) {
  const { spec = {}, kind, metadata } = detail.entity
  const { definition, type } = spec
  const isServer = kind === 'API' && type === 'mcp-server'
  if (typeof definition !== 'string' && !isServer) return null
  return (
    <Section title={isServer ? 'Server' : 'Definition'} id="definition">
      <Suspense fallback={<RowSkeletons rows={6} />}>
        <ApiExplorer
          name={metadata.name}
          type={typeof type === 'string' ? type : ''}
          definition={typeof definition === 'string' ? definition : ''}
          spec={spec}
        />
      </Suspense>
    </Section>
  )
}
