import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { queries } from '../../api/queries.ts'
import type { EntityDetail } from '../../api/shapes.ts'
import { useInSight } from '../../ui/in-sight.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { repositoryOf } from './repository-of.ts'

const Markdown = lazy(() => import('../../parts/markdown/markdown.tsx').then((module) => ({ default: module.Markdown })))

/** The repository's README, as text. */
export function ReadmePart({ detail }: { detail: EntityDetail }) {
  const [ref, isSeen] = useInSight<HTMLDivElement>()
  const repository = repositoryOf(detail)
  const readme = useQuery({ ...queries.readme(repository ?? '', 'main'), enabled: isSeen && repository !== null })
  return (
    <div ref={ref}>
      <Section title="Read me" id="readme">
        {readme.data === undefined ? (
          <EmptyState title={repository === null || readme.isError ? 'No README' : 'Loading the README'}>
            {repository === null ? 'Its descriptor names no repository here.' : `README.md at the root of ${repository} is shown here.`}
          </EmptyState>
        ) : (
          <Suspense>
            <Markdown text={readme.data.content} />
          </Suspense>
        )}
      </Section>
    </div>
  )
}
