import { Link } from '@tanstack/react-router'
import type { EntityDetail } from '../../api/shapes.ts'
import { plural } from '../../format/quantity.ts'
import { Strip } from '../../ui/notice.tsx'
import css from './entity.module.css'

/** What is wrong with the descriptor, each at its place; that nothing lists it any more; that others claim its name. */
export function Problems({ detail }: { detail: EntityDetail }) {
  const { problems, conflicts, isOrphan, source } = detail
  return (
    <>
      {isOrphan ? (
        <Strip tone="amber">
          Orphan: the location that brought it here does not list it any more. It stays as it was last read, until its descriptor is listed again or it is
          removed.
        </Strip>
      ) : null}
      {conflicts.length === 0 ? null : (
        <Strip tone="amber">
          Also declared in{' '}
          {conflicts.map((conflict, at) => (
            <span key={conflict.location}>
              {at === 0 ? '' : ', '}
              <code>{conflict.path === '' ? conflict.location : `${conflict.source.replace(/^git:/, '')} : ${conflict.path}`}</code>
            </span>
          ))}
          . Only one can hold the name; this one came first, or is trusted more.
        </Strip>
      )}
      {problems.length === 0 ? null : (
        <Strip tone="amber">
          {plural(problems.length, 'problem')} in its descriptor; what was last good is shown.
          <ul className={css['problems']}>
            {problems.map((problem) => (
              <li key={`${problem.field}${problem.line ?? ''}${problem.message}`}>
                {problem.field === '' ? null : <code>{problem.field}</code>} {problem.message}{' '}
                <Place problem={problem} repository={source.repository} path={source.path} />
              </li>
            ))}
          </ul>
        </Strip>
      )}
    </>
  )
}

function Place({ problem, repository, path }: { problem: EntityDetail['problems'][number]; repository: string; path: string }) {
  const file = problem.file ?? path
  const words = [file, problem.line, problem.column].filter((part) => part !== undefined && part !== '').join(':')
  if (words === '') return null
  const [owner, name, ...more] = repository.split('/')
  if (owner === undefined || name === undefined || name === '' || more.length > 0) return <code>{words}</code>
  return (
    <Link to="/repositories/$owner/$name" params={{ owner, name }} search={{ file }}>
      <code>{words}</code>
    </Link>
  )
}
