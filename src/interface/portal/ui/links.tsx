import { Link } from '@tanstack/react-router'
import { entityHref, shortRef, versionLabel } from '../format/reference.ts'

/** A link to the page of any entity, called by its short name. */
export function EntityLink({ of, kind = 'component', title }: { of: string; kind?: string; title?: string | undefined }) {
  if (of.startsWith('system:')) return <span>{shortRef(of)}</span>
  return <Link to={entityHref(of, kind)}>{title ?? shortRef(of)}</Link>
}

/** A version that leads to its release. */
export function VersionLink({ release, version }: { release: string; version: string | number }) {
  return (
    <Link to="/releases/$id" params={{ id: release }} className="num" style={{ fontWeight: 500 }}>
      {versionLabel(version)}
    </Link>
  )
}

/** A repository of the built-in Git host, by link; what is no `owner/name` stays text. */
export function RepositoryLink({ repository }: { repository: string }) {
  const [owner, name, ...more] = repository.split('/')
  if (owner === undefined || name === undefined || more.length > 0) return <span>{repository}</span>
  return (
    <Link to="/repositories/$owner/$name" params={{ owner, name }}>
      {repository}
    </Link>
  )
}

/** Says who, by link; the platform itself has no page. */
export function Who({ principal }: { principal: string }) {
  return <EntityLink of={principal} kind="user" />
}
