import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Matrix } from '../../api/shapes.ts'
import type { Intent } from '../../parts/promote/intent.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { MatrixCell } from '../environments/matrix-cell.tsx'
import { firstEnvironment, nextEnvironment } from '../environments/promotion.ts'
import css from './component.module.css'

interface EnvironmentsPartProps {
  component: string
  matrix: UseQueryResult<Matrix>
  onIntent: (intent: Intent) => void
}

/** Where it runs, in order of promotion. */
export function EnvironmentsPart({ component, matrix, onIntent }: EnvironmentsPartProps) {
  return (
    <Section title="Environments" id="environments" actions={<Link to="/environments">All components</Link>}>
      <QueryView query={matrix} what="environments">
        {(data) => {
          const row = data.rows.find((each) => each.component === component)
          if (row === undefined)
            return (
              <EmptyState title="Runs nowhere yet">
                A run that passes makes a release; deploy it to the first environment, and promote it from there.
              </EmptyState>
            )
          return (
            <div className={css['environments']}>
              {[...data.environments]
                .sort((a, b) => a.order - b.order)
                .map((environment) => (
                  <div key={environment.name} className={css['environment']}>
                    <div className={css['environmentTitle']}>{environment.title}</div>
                    <MatrixCell
                      component={component}
                      environment={environment.name}
                      cell={row.cells[environment.name]}
                      isFirst={environment.name === firstEnvironment(data)}
                      promoteTo={nextEnvironment(data, row, environment.name)}
                      onIntent={onIntent}
                    />
                  </div>
                ))}
            </div>
          )
        }}
      </QueryView>
    </Section>
  )
}
