import { TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { without } from '../../app/search.ts'
import { formatCount } from '../../format/quantity.ts'
import { shortRef } from '../../format/reference.ts'
import { facetNames, toggled, valuesOf, type CatalogSearch, type Facet } from './catalog-search.ts'
import css from './catalog.module.css'
import type { FacetCounts, FacetValue } from './facet-counts.ts'

const titles: Record<Facet, string> = { kind: 'Kind', type: 'Type', lifecycle: 'Lifecycle', owner: 'Owner', system: 'System', tag: 'Tag' }
const SHORT = 7

interface FacetsProps {
  search: CatalogSearch
  counts: FacetCounts
  onChange: (search: CatalogSearch) => void
}

/** The choices at the left, each with how many it would show. Pressed again, a choice is taken back. */
export function Facets({ search, counts, onChange }: FacetsProps) {
  const problems = (counts.problems ?? []).reduce((sum, { count }) => sum + count, 0)
  const orphans = counts.orphans?.[0]?.count ?? 0
  return (
    <>
      {facetNames.map((facet) => (
        <FacetGroup
          key={facet}
          facet={facet}
          chosen={valuesOf(search, facet)}
          values={counts[facet] ?? []}
          onToggle={(value) => onChange(toggled(search, facet, value))}
        />
      ))}
      {problems + orphans > 0 || search.show !== undefined ? (
        <div role="group" aria-label="State">
          <div className={css['facetTitle']}>State</div>
          {(['problems', 'orphans'] as const).map((what) => (
            <Choice
              key={what}
              title={what === 'problems' ? 'With problems' : 'Orphans'}
              count={what === 'problems' ? problems : orphans}
              isChosen={search.show === what}
              onPress={() => {
                const rest = without(search, 'show')
                onChange(search.show === what ? rest : { ...rest, show: what })
              }}
            />
          ))}
        </div>
      ) : null}
    </>
  )
}

interface FacetGroupProps {
  facet: Facet
  chosen: readonly string[]
  values: readonly FacetValue[]
  onToggle: (value: string) => void
}

function FacetGroup({ facet, chosen, values, onToggle }: FacetGroupProps) {
  const [text, setText] = useState('')
  const [isWhole, setWhole] = useState(false)
  const id = useId()
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
  const ranked = [...values].sort((a, b) => b.count - a.count || a.value.localeCompare(b.value))
  const found = text === '' ? ranked : ranked.filter(({ value }) => wordOf(facet, value).toLowerCase().includes(text.toLowerCase()))
  const rest = found.filter(({ value }) => !chosen.some((each) => same(each, value)))
  const limit = isWhole ? 60 : SHORT
  if (values.length === 0 && chosen.length === 0) return null
  return (
    <div role="group" aria-labelledby={id}>
      <div className={css['facetTitle']} id={id}>
        {titles[facet]}
        {values.length > SHORT ? <span className="num"> {formatCount(values.length)}</span> : null}
      </div>
      {values.length > 2 * SHORT + 4 ? (
        <TextInput
          size="xs"
          aria-label={`Find a choice of ${titles[facet]}`}
          placeholder={`Find among ${formatCount(values.length)}`}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          mb={4}
        />
      ) : null}
      {chosen.map((value) => (
        <Choice
          key={value}
          title={wordOf(facet, values.find((each) => same(each.value, value))?.value ?? value)}
          count={values.find((each) => same(each.value, value))?.count}
          isChosen
          onPress={() => onToggle(value)}
        />
      ))}
      {facet === 'owner' && !chosen.includes('me') && text === '' ? <Choice title="Me and my groups" isChosen={false} onPress={() => onToggle('me')} /> : null}
      {rest.slice(0, limit).map(({ value, count }) => (
        <Choice
          key={value}
          title={wordOf(facet, value)}
          count={count}
          isChosen={false}
          onPress={() => onToggle(facet === 'kind' ? value.toLowerCase() : value)}
        />
      ))}
      {text !== '' && found.length === 0 ? <p className={`${css['facetNote']} dim`}>None is called so.</p> : null}
      {rest.length > limit && !isWhole ? (
        <button type="button" className={`${css['choice']} dim`} onClick={() => setWhole(true)}>
          {rest.length > 60 ? 'Show more' : `Show all ${rest.length + chosen.length}`}
        </button>
      ) : null}
    </div>
  )
}

function Choice({ title, count, isChosen, onPress }: { title: string; count?: number | undefined; isChosen: boolean; onPress: () => void }) {
  return (
    <button type="button" className={css['choice']} aria-pressed={isChosen} onClick={onPress}>
      <span className="cut">{title}</span>
      <span className="num dim">{count === undefined ? '' : formatCount(count)}</span>
    </button>
  )
}

/** `payments` for `group:default/payments`; another namespace is told. */
function wordOf(facet: Facet, value: string): string {
  if (value === 'me') return 'Me and my groups'
  if ((facet !== 'owner' && facet !== 'system') || !value.includes(':')) return value
  return value.includes(':default/') ? shortRef(value) : value.slice(value.indexOf(':') + 1)
}
