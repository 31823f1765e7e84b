import { getRouteApi, Link } from '@tanstack/react-router'
import { Choice, FilterBar } from '../../ui/filters.tsx'
import { Page } from '../../ui/page.tsx'
import { AdoptPart } from './adopt-part.tsx'
import { ExportPart } from './export-part.tsx'
import { ImportPart } from './import-part.tsx'

const route = getRouteApi('/app/platform/interop')
const titles = { import: 'Import files', export: 'Export', adopt: 'Adopt a Backstage' } as const
type Task = keyof typeof titles

/** The way in from other catalogs, and the way out to them. */
export function InteropPage() {
  const { do: task = 'import' } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <Page
      title="Import and export"
      above={<Link to="/catalog">Catalog</Link>}
      about="The catalog comes from Backstage, Port and Cortex and goes back to them. Each way tells first what does not fit, and loses nothing silently."
    >
      <FilterBar>
        <Choice
          label="What to do"
          value={task}
          choices={Object.entries(titles).map(([value, title]) => ({ value, title }))}
          onChange={(next) => void navigate({ search: next === 'import' ? {} : { do: next as Task } })}
        />
      </FilterBar>
      {task === 'import' ? <ImportPart /> : task === 'export' ? <ExportPart /> : <AdoptPart />}
    </Page>
  )
}
