import { labelsOf, linksOf, tagsOf, type WebLink } from '../../api/entity-metadata.ts'
import type { EntityDetail } from '../../api/shapes.ts'
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
      {detail.problems.map((problem) => `${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`).join(' · ')}
    </Strip>
  )
}

/** Owner, type, links, source and labels. */
export function EntityFacts({ detail }: { detail: EntityDetail }) {
  const { entity, source } = detail
  const { spec = {} } = entity
  const tags = tagsOf(entity)
  const links = linksOf(entity)
  const text = (name: string): string | null => (typeof spec[name] === 'string' ? spec[name] : null)
  const owner = text('owner')
  return (
    <Section title="About" id="about">
      <Facts
        items={[
          ['Owner', owner === null ? null : <EntityLink key="owner" of={owner} kind="group" />],
          ['Type', text('type')],
          ['Lifecycle', text('lifecycle')],
          ['Tags', tags.length === 0 ? null : tags.join(', ')],
          ['Links', links.length === 0 ? null : <Links key="links" links={links} />],
          ['Source', <code key="source">{[source.repository, source.path].filter(Boolean).join(' : ') || source.location}</code>],
          ['Commit', source.commit === '' ? null : <code key="commit">{shortId(source.commit)}</code>],
          ...Object.entries(labelsOf(entity)).map(([name, value]) => [name, value] as const),
        ]}
      />
    </Section>
  )
}

function Links({ links }: { links: readonly WebLink[] }) {
  return (
    <>
      {links.map((link) => (
        <div key={link.url}>
          <a href={link.url} target="_blank" rel="noreferrer" style={{ textDecoration: 'underline' }}>
            {link.title}
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
