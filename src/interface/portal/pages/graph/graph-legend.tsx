import { formatCount } from '../../format/quantity.ts'
import { dashes, relationWords } from './graph-words.ts'
import css from './graph.module.css'
import { listOf, relationTypes, shownTypes, toggledList, type GraphSearch } from './graph-search.ts'
import { KindShape } from './kind-shape.tsx'
import { countBy, type Picture } from './merge-graphs.ts'

interface GraphLegendProps {
  picture: Picture
  search: GraphSearch
  onChange: (search: GraphSearch) => void
}

/** What the shapes and lines mean; pressed, a kind or a relation goes and comes back. */
export function GraphLegend({ picture, search, onChange }: GraphLegendProps) {
  const hidden = listOf(search.hide)
  const types = shownTypes(search)
  const counts = new Map(countBy(picture.edges, (edge) => edge.type))
  return (
    <div className={css['legend']}>
      <div role="group" aria-label="Kinds" className={css['chips']}>
        {countBy(picture.nodes, (node) => node.kind.toLowerCase()).map(([kind, count]) => (
          <button
            key={kind}
            type="button"
            className={css['chip']}
            aria-pressed={!hidden.includes(kind)}
            onClick={() => onChange(withText(search, 'hide', toggledList(search.hide, kind)))}
          >
            <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
              <KindShape kind={kind} />
            </svg>
            {picture.nodes.find((node) => node.kind.toLowerCase() === kind)?.kind ?? kind} <span className="num dim">{formatCount(count)}</span>
          </button>
        ))}
      </div>
      <div role="group" aria-label="Relations" className={css['chips']}>
        {relationTypes.map((type) => {
          const isShown = types.includes(type)
          return (
            <button
              key={type}
              type="button"
              className={css['chip']}
              aria-pressed={isShown}
              onClick={() => {
                const next = relationTypes.filter((each) => (each === type ? !isShown : types.includes(each)))
                if (next.length > 0) onChange({ ...search, types: next.join(',') })
              }}
            >
              <svg width="24" height="8" viewBox="0 0 24 8" aria-hidden="true">
                <path d="M0 4h24" stroke="currentColor" strokeWidth="1.5" strokeDasharray={dashes[type]} />
              </svg>
              {relationWords(type)} <span className="num dim">{isShown ? formatCount(counts.get(type) ?? 0) : ''}</span>
            </button>
          )
        })}
      </div>
    </div>
  )
}

function withText(search: GraphSearch, name: 'hide', value: string | undefined): GraphSearch {
  const { [name]: before, ...rest } = search
  return value === undefined ? (before === undefined ? search : rest) : { ...rest, [name]: value }
}
