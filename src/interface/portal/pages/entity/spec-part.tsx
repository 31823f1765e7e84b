import { lazy, Suspense } from 'react'
import type { EntityDetail } from '../../api/shapes.ts'
import { Section } from '../../ui/page.tsx'
import css from './entity.module.css'

const YamlText = lazy(() => import('../../parts/api-explorer/yaml-text.tsx').then((module) => ({ default: module.YamlText })))

/** The whole descriptor as the catalog holds it, folded: for those who want to see all of it. */
export function SpecPart({ detail }: { detail: EntityDetail }) {
  const { relations: _relations, ...entity } = detail.entity
  const { definition, ...spec } = entity.spec ?? {}
  const shown = { ...entity, spec: definition === undefined ? spec : { ...spec, definition: '… shown above' } }
  return (
    <Section title="Descriptor" id="descriptor">
      <details>
        <summary>{`All ${detail.entity.kind} fields, as the catalog holds them`}</summary>
        <Suspense>
          <YamlText value={shown} className={css['definition'] ?? ''} />
        </Suspense>
      </details>
    </Section>
  )
}
