import type { Matrix, MatrixRow } from '../../api/shapes.ts'
import type { Intent } from '../../parts/promote/intent.ts'

/** Where a component's release in an environment goes next; undefined when the next one has it already, or there is none. */
export function nextEnvironment({ environments }: Pick<Matrix, 'environments'>, row: MatrixRow, from: string): string | undefined {
  const ordered = [...environments].sort((a, b) => a.order - b.order)
  const at = ordered.findIndex((environment) => environment.name === from)
  const next = ordered[at + 1]
  const cell = row.cells[from]
  if (at === -1 || next === undefined || cell === null || cell === undefined) return undefined
  const there = row.cells[next.name]
  if (there?.activeChangeId !== null && there?.activeChangeId !== undefined) return undefined
  return there?.release === cell.release ? undefined : next.name
}

/** The environment that a new release goes to first. */
export function firstEnvironment({ environments }: Pick<Matrix, 'environments'>): string | undefined {
  return [...environments].sort((a, b) => a.order - b.order)[0]?.name
}

/** What `p` on a row does: the promotion that is furthest on its way. */
export function promotionOf(matrix: Matrix, row: MatrixRow): Intent | undefined {
  const ordered = [...matrix.environments].sort((a, b) => b.order - a.order)
  for (const environment of ordered) {
    const to = nextEnvironment(matrix, row, environment.name)
    if (to !== undefined && row.cells[environment.name]?.activeChangeId === null)
      return { kind: 'promote', component: row.component, from: environment.name, to }
  }
  return undefined
}
