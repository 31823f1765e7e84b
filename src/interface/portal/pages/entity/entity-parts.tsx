import type { EntityDetail } from '../../api/shapes/index.ts'
import { plural } from '../../format/quantity.ts'
import { parseRef, shortId } from '../../format/reference.ts'
import { Facts } from '../../ui/facts.tsx'
import { EntityLink } from '../../ui/links.tsx'
import { EmptyState, Strip } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { relationWords, sortRelations } from './relations.ts'

/** What is wrong with the descriptor. */
export function Problems({ detail }: { detail: EntityDetail }) {
  if (detail.problems.length === 0) return null
  return (
    <Strip tone="amber">
      {plural(detail.problems.length, 'problem')} in its descriptor:{' '}
      {detail.problems.map((problem) => `${problem.field === undefined ? '' : `${problem.field}: `}${problem.message}`).join(' · ')}
    </Strip>
  )
}

/** Owner, type, links, source and labels. */
export function EntityFacts({ detail }: { detail: EntityDetail }) {
  const { metadata, spec = {} } = detail.entity
  const text = (name: string): string | null => (typeof spec[name] === 'string' ? spec[name] : null)
  const owner = text('owner')
  return (
    <Section title="About" id="about">
      <Facts
        items={[
          ['Owner', owner === null ? null : <EntityLink key="owner" of={owner} kind="group" />],
          ['Type', text('type')],
          ['Lifecycle', text('lifecycle')],
          ['Tags', metadata.tags === undefined || metadata.tags.length === 0 ? null : metadata.tags.join(', ')],
          ['Links', metadata.links === undefined || metadata.links.length === 0 ? null : <Links key="links" links={metadata.links} />],
          [
            'Source',
            detail.source === null ? null : (
              <code key="source">{[detail.source.repository, detail.source.path].filter(Boolean).join(' : ') || detail.source.location}</code>
            ),
          ],
          ['Commit', detail.source?.commit === null || detail.source === null ? null : <code key="commit">{shortId(detail.source.commit)}</code>],
          ...Object.entries(metadata.labels ?? {}).map(([name, value]) => [name, value] as const),
        ]}
      />
    </Section>
  )
}

function Links({ links }: { links: readonly { url: string; title?: string }[] }) {
  return (
    <>
      {links
        .filter((link) => /^https?:\/\//.test(link.url))
        .map((link) => (
          <div key={link.url}>
            <a href={link.url} target="_blank" rel="noreferrer" style={{ textDecoration: 'underline' }}>
              {link.title ?? link.url}
            </a>
          </div>
        ))}
    </>
  )
}

const columns: readonly Column<EntityDetail['relations'][number]>[] = [
  { key: 'type', title: 'Relation', width: 180, cell: (relation) => relationWords(relation.type) },
  { key: 'to', title: 'To', isMain: true, cell: (relation) => <EntityLink of={relation.targetRef} title={relation.title} /> },
  { key: 'kind', title: 'Kind', width: 120, isWide: true, cell: (relation) => parseRef(relation.targetRef).kind },
]

/** What it is related to, as a list: what it needs first. */
export function RelationsPart({ detail, title = 'Relations' }: { detail: EntityDetail; title?: string }) {
  return (
    <Section title={title} id="dependencies" count={detail.relations.length}>
      {detail.relations.length === 0 ? (
        <EmptyState title="Related to nothing">Relations come from the descriptor: dependsOn, providesApis, consumesApis, system, owner.</EmptyState>
      ) : (
        <Table label={title} rows={sortRelations(detail.relations)} columns={columns} rowKey={(relation) => `${relation.type}${relation.targetRef}`} />
      )}
    </Section>
  )
}
