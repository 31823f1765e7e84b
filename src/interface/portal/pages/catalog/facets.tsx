import { countFacet, facets, type CatalogRow, type Facet, type Filters } from './catalog-rows.ts'
import css from './catalog.module.css'

const titles: Record<Facet, string> = { kind: 'Kind', type: 'Type', owner: 'Owner', lifecycle: 'Lifecycle' }

interface FacetsProps {
  rows: readonly CatalogRow[]
  filters: Filters
  onChange: (facet: Facet, value: string | undefined) => void
}

/** The choices at the left, each with how many it would show. Pressed again, a choice is taken back. */
export function Facets({ rows, filters, onChange }: FacetsProps) {
  return facets.map((facet) => (
    <div key={facet} role="group" aria-label={titles[facet]}>
      <div className={css['facetTitle']}>{titles[facet]}</div>
      {countFacet(rows, filters, facet)
        .slice(0, 12)
        .map(({ value, count }) => (
          <button
            key={value}
            type="button"
            className={css['choice']}
            aria-pressed={filters[facet] === value}
            onClick={() => onChange(facet, filters[facet] === value ? undefined : value)}
          >
            <span className="cut">{value}</span>
            <span className="num dim">{count}</span>
          </button>
        ))}
    </div>
  ))
}
