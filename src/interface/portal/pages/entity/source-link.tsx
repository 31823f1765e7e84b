import { Link } from '@tanstack/react-router'
import type { EntityDetail } from '../../api/shapes.ts'
import { builtInFile } from './built-in-file.ts'

/** The file that declares an entity, by link where one can be opened. */
export function SourceLink({ source }: { source: EntityDetail['source'] }) {
  const file = builtInFile(source)
  if (file !== null) {
    return (
      <Link to="/repositories/$owner/$name" params={{ owner: file.owner, name: file.name }} search={{ file: file.path }}>
        <code>{file.path}</code>
      </Link>
    )
  }
  const address = source.location.replace(/^url:/, '')
  if (/^https?:\/\//.test(address)) {
    return (
      <a href={address} target="_blank" rel="noreferrer" style={{ textDecoration: 'underline' }}>
        {address}
      </a>
    )
  }
  return <code>{source.location}</code>
}
