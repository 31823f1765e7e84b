import { labelsOf, linksOf } from '../../api/entity-metadata.ts'
import type { EntityDetail, MatrixRow } from '../../api/shapes.ts'
import { EntityLink, RepositoryLink } from '../../ui/links.tsx'
import css from './component.module.css'
import { repositoryOf } from './repository-of.ts'

/** Owner, lifecycle, type, system and links in one line. */
export function ComponentHead({ detail, row }: { detail: EntityDetail; row: MatrixRow | undefined }) {
  const { spec = {} } = detail.entity
  const text = (name: string): string | undefined => (typeof spec[name] === 'string' ? spec[name] : undefined)
  const owner = text('owner') ?? row?.owner
  const system = text('system')
  const repository = repositoryOf(detail)
  const url = Object.values(row?.cells ?? {}).findLast((cell) => cell?.url !== null && cell?.url !== undefined)?.url
  const links = [...linksOf(detail.entity), ...(url === undefined || url === null ? [] : [{ url, title: 'Open the service' }])]
  return (
    <dl className={css['facts']}>
      {owner === undefined ? null : (
        <div>
          <dt>Owner</dt>
          <dd>
            <EntityLink of={owner} kind="group" />
          </dd>
        </div>
      )}
      <Fact name="Lifecycle" value={text('lifecycle')} />
      <Fact name="Type" value={text('type')} />
      <Fact name="Tier" value={labelsOf(detail.entity)['fairway.dev/tier']} />
      {system === undefined ? null : (
        <div>
          <dt>System</dt>
          <dd>
            <EntityLink of={system} kind="system" />
          </dd>
        </div>
      )}
      {repository === null ? null : (
        <div>
          <dt>Repository</dt>
          <dd>
            <RepositoryLink repository={repository} />
          </dd>
        </div>
      )}
      {links.map((link) => (
        <div key={link.url}>
          <dt className="sr">Link</dt>
          <dd>
            <a href={link.url} target="_blank" rel="noreferrer" style={{ textDecoration: 'underline' }}>
              {link.title}
            </a>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Fact({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
