import { Link } from '@tanstack/react-router'
import type { MatrixCell as Cell } from '../../api/shapes.ts'
import type { Intent } from '../../parts/promote/intent.ts'
import { Age } from '../../ui/age.tsx'
import { VersionLink, Who } from '../../ui/links.tsx'
import { healthLook } from '../../ui/looks.ts'
import { StateMark } from '../../ui/state-mark.tsx'
import { CellActions } from './cell-actions.tsx'
import css from './environments.module.css'
import { Traffic } from './traffic.tsx'

interface MatrixCellProps {
  component: string
  environment: string
  cell: Cell | null | undefined
  /** The environment that this release would go to next, when it is not there yet. */
  promoteTo: string | undefined
  /** New releases come here first: the newest can be deployed. */
  isFirst: boolean
  onIntent: (intent: Intent) => void
}

/** One component in one environment. */
export function MatrixCell({ component, environment, cell, promoteTo, isFirst, onIntent }: MatrixCellProps) {
  const actions = { component, environment, isFirst, onIntent }
  if (cell === null || cell === undefined) {
    return (
      <div className={css['cell']}>
        <span className="dim">Not there</span>
        <CellActions {...actions} isThere={false} promoteTo={undefined} />
      </div>
    )
  }
  return (
    <div className={css['cell']}>
      <div className={css['line']}>
        <VersionLink release={cell.release} version={cell.version} />
        <StateMark look={healthLook(cell.health)} />
      </div>
      <div className={css['small']}>
        <Age at={cell.deployedAt} /> by <Who principal={cell.deployedBy} />
      </div>
      <Traffic traffic={cell.traffic} />
      {cell.activeChangeId === null ? (
        <CellActions {...actions} isThere promoteTo={promoteTo} />
      ) : (
        <div className={css['acts']}>
          <Link to="/changes/$id" params={{ id: cell.activeChangeId }}>
            <StateMark isBadge look={{ tone: 'blue', shape: 'arc', word: 'Change under way' }} />
          </Link>
        </div>
      )}
    </div>
  )
}
