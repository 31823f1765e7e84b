import type { DocsSite } from '../../api/docs-queries.ts'
import { Age } from '../../ui/age.tsx'
import type { Look } from '../../ui/looks.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import css from './docs.module.css'

const looks: Record<DocsSite['staleness']['state'], Look> = {
  fresh: { tone: 'green', shape: 'check', word: 'Fresh' },
  ageing: { tone: 'amber', shape: 'ring', word: 'Ageing' },
  stale: { tone: 'red', shape: 'cross', word: 'Stale' },
}

/** Whether the pages still tell of the code beside them, and how one knows. */
export function Staleness({ site }: { site: DocsSite }) {
  return (
    <span className={css['staleness']}>
      <StateMark look={looks[site.staleness.state]} /> <span>{site.staleness.reason}</span>
      <span>
        Updated <Age at={site.updatedAt} />
      </span>
    </span>
  )
}
