import { Button, CopyButton } from '@mantine/core'
import { useEffect, useState } from 'react'
import { Choice, FilterBar, FilterInput } from '../../ui/filters.tsx'
import { EmptyState, Strip } from '../../ui/notice.tsx'
import { Panel } from '../../ui/page.tsx'
import { RowSkeletons } from '../../ui/query-view.tsx'
import { ApiGroups } from './api-groups.tsx'
import { readApi, type ReadApi } from './read-api.ts'
import css from './api-explorer.module.css'

interface ApiExplorerProps {
  name: string
  type: string
  definition: string
  spec: Record<string, unknown>
}

/** An API's definition, to be read and searched; and as it was written, always. */
export function ApiExplorer({ name, type, definition, spec }: ApiExplorerProps) {
  const read = useRead(type, definition, spec)
  const [view, setView] = useState<'explore' | 'raw'>('explore')
  const [text, setText] = useState('')
  const canExplore = read?.state === 'read'
  const shown = canExplore ? view : 'raw'
  if (read === undefined) return <RowSkeletons rows={6} />
  return (
    <div className={css['explorer']}>
      {read.state === 'failed' ? (
        <Strip tone="amber">
          It can not be read as {type === '' ? 'an API' : type}: {read.reason}
        </Strip>
      ) : null}
      <FilterBar>
        {canExplore && definition !== '' ? (
          <Choice
            label="How the definition is shown"
            value={shown}
            choices={[
              { value: 'explore', title: 'Explore' },
              { value: 'raw', title: 'As written' },
            ]}
            onChange={(next) => setView(next === 'raw' ? 'raw' : 'explore')}
          />
        ) : null}
        {shown === 'explore' ? <FilterInput label="Search this API" placeholder="Search this API" value={text} onChange={setText} /> : null}
        {definition === '' ? null : (
          <CopyButton value={definition}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy definition'}
              </Button>
            )}
          </CopyButton>
        )}
      </FilterBar>
      {shown === 'explore' && read.state === 'read' ? <ApiGroups document={read.document} text={text} /> : <Raw name={name} definition={definition} />}
    </div>
  )
}

/** Most characters that a page shows of a definition as it was written. */
const MOST_SHOWN = 400_000

function Raw({ name, definition }: { name: string; definition: string }) {
  if (definition === '') return <EmptyState title="No definition">Its descriptor holds none.</EmptyState>
  return (
    <Panel>
      <pre className={css['raw']} tabIndex={0} role="region" aria-label={`Definition of ${name}`}>
        {definition.slice(0, MOST_SHOWN)}
      </pre>
      {definition.length > MOST_SHOWN ? <p className="dim">The first {MOST_SHOWN} characters; copy the definition for the rest.</p> : null}
    </Panel>
  )
}

function useRead(type: string, definition: string, spec: Record<string, unknown>): ReadApi | undefined {
  const [read, setRead] = useState<ReadApi>()
  const said = JSON.stringify(spec)
  useEffect(() => {
    let isWanted = true
    void (async () => {
      const found = await readApi({ type, definition, spec: JSON.parse(said) as Record<string, unknown> })
      if (isWanted) setRead(found)
    })()
    return () => {
      isWanted = false
    }
  }, [type, definition, said])
  return read
}
