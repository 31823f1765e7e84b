import { useQuery } from '@tanstack/react-query'
import { catalogQueries, type CatalogLocation } from '../../api/catalog-queries.ts'
import { plural } from '../../format/quantity.ts'
import { placeOfProblem } from './location-look.ts'
import css from './locations.module.css'

/** Problems with where they are; the file's name is for pasting into an editor. */
export function ProblemList({ problems }: { problems: CatalogLocation['problems'] }) {
  return (
    <ul className={css['problems']}>
      {problems.map((problem, at) => {
        const place = placeOfProblem(problem)
        return (
          <li key={at}>
            {place === '' ? null : <code>{place}</code>} {problem.field === '' || problem.field === undefined ? '' : `${problem.field}: `}
            {problem.message}
          </li>
        )
      })}
    </ul>
  )
}

/** All that is wrong in a location, read when it is opened. */
export function LocationProblems({ location }: { location: CatalogLocation }) {
  const whole = useQuery(catalogQueries.location(location.id)).data ?? location
  if (whole.problems.length === 0) return null
  return (
    <details className={css['details']} open={location.state === 'failed'}>
      <summary>{plural(whole.problems.length, 'problem')}</summary>
      <ProblemList problems={whole.problems} />
    </details>
  )
}
