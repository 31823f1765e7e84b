import type { Health, MatrixRow } from '../../api/shapes.ts'
import { worstHealth } from '../../ui/looks.ts'

const rank: Record<Health, number> = { degraded: 0, progressing: 1, unknown: 2, healthy: 3, off: 4 }

/** The failing first, then what moves, then by name. */
export function sortByNeed(rows: readonly MatrixRow[]): MatrixRow[] {
  const need = (row: MatrixRow): number =>
    rank[worstHealth(Object.values(row.cells).flatMap((cell) => (cell === null || cell === undefined ? [] : [cell.health])))]
  return [...rows].sort((a, b) => need(a) - need(b) || a.component.localeCompare(b.component))
}
