import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { MatrixCell as Cell } from '../../api/shapes.ts'
import type { Intent } from '../../parts/promote/intent.ts'
import { Age } from '../../ui/age.tsx'
import { VersionLink, Who } from '../../ui/links.tsx'
import { healthLook } from '../../ui/looks.ts'
import { StateMark } from '../../ui/state-mark.tsx'
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
  const deploy = isFirst ? (
    <DeployNewest component={component} environment={environment} isThere={cell !== null && cell !== undefined} onIntent={onIntent} />
  ) : null
  if (cell === null || cell === undefined) {
    return (
      <div className={css['cell']}>
        <span className="dim">Not there</span>
        {deploy === null ? null : <div className={css['acts']}>{deploy}</div>}
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
        <div className={css['acts']}>
          {promoteTo === undefined ? null : (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Promote to ${promoteTo}: ${component} from ${environment}`}
              onClick={() => onIntent({ kind: 'promote', component, from: environment, to: promoteTo })}
            >
              Promote to {promoteTo}
            </Button>
          )}
          {deploy}
          <Button
            variant="subtle"
            size="compact-xs"
            className={css['quiet'] ?? ''}
            aria-label={`Roll back: ${component} in ${environment}`}
            onClick={() => onIntent({ kind: 'rollback', component, environment })}
          >
            Roll back
          </Button>
        </div>
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

/** Deploys the newest release that is not quarantined; where it is there already, the plan says so. */
function DeployNewest({ component, environment, isThere, onIntent }: Pick<MatrixCellProps, 'component' | 'environment' | 'onIntent'> & { isThere: boolean }) {
  return (
    <Button
      variant={isThere ? 'subtle' : 'default'}
      size="compact-xs"
      className={isThere ? (css['quiet'] ?? '') : ''}
      aria-label={`Deploy newest: ${component} to ${environment}`}
      onClick={() => onIntent({ kind: 'deploy', component, environment })}
    >
      Deploy newest
    </Button>
  )
}
