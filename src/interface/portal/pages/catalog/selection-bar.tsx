import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { refreshEntity } from '../../api/catalog-queries.ts'
import { useKey } from '../../app/keys.ts'
import { plural } from '../../format/quantity.ts'
import css from './catalog.module.css'
import type { CatalogRow } from './catalog-rows.ts'
import type { Selection } from './use-selection.ts'

/** More roots than this are no picture; more locations than this are read by their own page. */
const MAX_ROOTS = 40
const MAX_REFRESH = 50

/** What can be done with the marked rows. */
export function SelectionBar({ selection, onExport }: { selection: Selection; onExport: (rows: readonly CatalogRow[]) => void }) {
  const rows = [...selection.rows.values()]
  const refs = rows.map((row) => row.ref)
  const [said, setSaid] = useState('')
  const refresh = useMutation({
    mutationFn: async () => {
      for (const ref of refs) await refreshEntity(ref)
    },
    onSuccess: () => setSaid(`${plural(refs.length, 'entity is', 'entities are')} read again.`),
    onError: (error) => setSaid(`Not read again: ${error.message}`),
  })
  useKey('Escape', selection.clear, rows.length > 0)
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(refs.join('\n')).then(
      () => setSaid(`${plural(refs.length, 'reference')} copied.`),
      () => setSaid('Not copied: this browser does not allow it here.'),
    )
  }
  if (rows.length === 0) return null
  return (
    <section className={css['selectionBar']} aria-label="Selected entities">
      <span role="status" className="num">
        {plural(rows.length, 'entity', 'entities')} selected. {said}
      </span>
      <Button variant="default" onClick={() => void copy()}>
        Copy references
      </Button>
      <Button variant="default" onClick={() => onExport(rows)}>
        Export as CSV
      </Button>
      {rows.length <= MAX_ROOTS ? (
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/graph" search={{ root: refs.join(',') }} />}>
          Open in graph
        </Button>
      ) : null}
      {rows.length <= MAX_REFRESH ? (
        <Button variant="default" loading={refresh.isPending} onClick={() => refresh.mutate()}>
          Read again
        </Button>
      ) : null}
      <Button variant="subtle" color="gray" onClick={selection.clear}>
        Clear selection
      </Button>
    </section>
  )
}
