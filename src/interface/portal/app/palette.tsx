import '@mantine/spotlight/styles.css'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useDebouncedValue } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import { queries } from '../api/queries.ts'
import { entityHref, shortRef } from '../format/reference.ts'
import { useCommands } from './commands.ts'
import { rankCommands } from './rank.ts'

const [store, spotlight] = createSpotlight()

/** The command palette: recent first, then places and commands, then what the server finds. Mounted while it is open. */
export function Palette({ onClose, onHelp }: { onClose: () => void; onHelp: () => void }) {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [settled] = useDebouncedValue(text, 120)
  const commands = useCommands(onHelp)
  const found = useQuery(queries.search(settled))
  const shown = rankCommands(commands, text)
  const hits = text.trim() === '' ? [] : (found.data?.items ?? [])
  useEffect(() => {
    spotlight.open()
  }, [])
  const list = useRef<HTMLDivElement>(null)
  // Mantine marks the first action as the text changes. Answers come later: until somebody moves the mark, it stays at the top.
  useEffect(() => {
    const marked = list.current?.querySelector('[data-selected]') ?? null
    if (marked !== null && store.getState().selected > 0) return
    marked?.removeAttribute('data-selected')
    list.current?.querySelector('button')?.setAttribute('data-selected', 'true')
  })
  const go = (href: string): void => {
    void navigate({ to: href as '/' })
  }
  return (
    <Spotlight.Root
      store={store}
      query={text}
      onQueryChange={setText}
      onSpotlightClose={onClose}
      shortcut={null}
      scrollable
      maxHeight={420}
      title="Command palette"
    >
      <Spotlight.Search placeholder="Go to anything, do anything" aria-label="Search and commands" />
      <Spotlight.ActionsList ref={list}>
        {hits.length === 0 ? null : (
          <Spotlight.ActionsGroup label="Found">
            {hits.map((hit) => (
              <Spotlight.Action
                key={`${hit.kind}:${hit.ref}`}
                label={hit.title}
                description={`${hit.kind} · ${hit.summary === '' ? shortRef(hit.ref) : hit.summary}`}
                onClick={() => go(hit.ref.includes(':') ? entityHref(hit.ref) : hit.href)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {shown.length === 0 ? null : (
          <Spotlight.ActionsGroup label={text === '' ? 'Recent and places' : 'Commands'}>
            {shown.map((command) => (
              <Spotlight.Action
                key={command.id}
                label={command.title}
                rightSection={command.keys === '' ? null : <kbd>{command.keys}</kbd>}
                onClick={() => command.run()}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {hits.length === 0 && shown.length === 0 ? <Spotlight.Empty>{found.isFetching ? 'Searching' : `Nothing is called "${text}"`}</Spotlight.Empty> : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  )
}
