import { labelsOf, linksOf, tagsOf, type WebLink } from '../../api/entity-metadata.ts'
import type { EntityDetail } from '../../api/shapes.ts'
import { Facts } from '../../ui/facts.tsx'
import { EntityLink, RepositoryLink } from '../../ui/links.tsx'
import { Section } from '../../ui/page.tsx'
import { ShortId } from '../../ui/short-id.tsx'
import { Explained } from './explain-button.tsx'
import { SourceLink } from './source-link.tsx'

/** Owner, type, lifecycle, system, tags, links, labels, and the file that says so. */
export function EntityFacts({ detail, isPast = false }: { detail: EntityDetail; isPast?: boolean }) {
  const { entity, source } = detail
  const { spec = {} } = entity
  const tags = tagsOf(entity)
  const links = linksOf(entity)
  const text = (name: string): string | null => (typeof spec[name] === 'string' ? spec[name] : null)
  const of = { kind: entity.kind.toLowerCase(), namespace: entity.metadata.namespace ?? 'default', name: entity.metadata.name }
  const explained = (field: string, value: React.ReactNode): React.ReactNode =>
    value === null ? null : (
      <Explained of={of} field={field} isOff={isPast}>
        {value}
      </Explained>
    )
  const refTo = (field: string, kind: string): React.ReactNode => {
    const value = text(field)
    return explained(`spec.${field}`, value === null ? null : <EntityLink of={value} kind={kind} />)
  }
  return (
    <Section title="About" id="about">
      <Facts
        items={[
          ['Owner', refTo('owner', 'group')],
          ['Type', explained('spec.type', text('type'))],
          ['Lifecycle', explained('spec.lifecycle', text('lifecycle'))],
          ['System', refTo('system', 'system')],
          ['Domain', refTo('domain', 'domain')],
          ['Tags', explained('metadata.tags', tags.length === 0 ? null : tags.join(', '))],
          ['Links', links.length === 0 ? null : <Links links={links} />],
          ...Object.entries(labelsOf(entity)).map(([name, value]) => [name, explained(`metadata.labels.${name}`, value)] as const),
          ['Repository', source.repository === '' ? null : <RepositoryLink repository={source.repository} />],
          ['Descriptor', <SourceLink key="source" source={source} />],
          ['Commit', source.commit === '' ? null : <ShortId id={source.commit} label="commit" />],
        ]}
      />
    </Section>
  )
}

function Links({ links }: { links: readonly WebLink[] }) {
  return links.map((link) => (
    <div key={link.url}>
      <a href={link.url} target="_blank" rel="noreferrer" style={{ textDecoration: 'underline' }}>
        {link.title}
      </a>
    </div>
  ))
}
