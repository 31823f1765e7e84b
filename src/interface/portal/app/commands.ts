import { useMantineColorScheme } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { queries } from '../api/queries.ts'
import { navGroups } from './nav.ts'
import type { Command } from './rank.ts'
import { recentPlaces } from './recent.ts'

/** What the palette offers without asking the server: recent places, pages, components and their actions, changes in flight. */
export function useCommands(onHelp: () => void): Command[] {
  const navigate = useNavigate()
  const client = useQueryClient()
  const { setColorScheme } = useMantineColorScheme()
  const matrix = useQuery({ ...queries.matrix(), enabled: false }).data ?? client.getQueryData(queries.matrix().queryKey)
  const waiting = client.getQueryData(queries.approvals().queryKey)
  return useMemo(() => {
    const go = (id: string, title: string, to: string, keys = '', words = ''): Command => ({
      id,
      title,
      keys,
      words,
      run: () => void navigate({ to: to.split('?', 1)[0] as '/', search: Object.fromEntries(new URLSearchParams(to.split('?')[1] ?? '')) }),
    })
    const components = matrix?.rows ?? []
    return [
      ...recentPlaces().map((place) => go(`recent:${place.to}`, place.title, place.to, '', 'recent')),
      ...(waiting?.items ?? []).map((change) => go(change.id, `Review: ${change.title}`, `/changes/${change.id}`, '', 'approve')),
      ...navGroups.flat().map(({ to, title, keys }) => go(`page:${to}`, `Go to ${title}`, to, keys)),
      go('page:/catalog/locations', 'Go to catalog locations', '/catalog/locations', '', 'sources repositories descriptors refresh'),
      go('page:/campaigns', 'Go to campaigns', '/campaigns', '', 'golden path upgrade template behind'),
      go('interop:import', 'Import from Backstage, Port or Cortex', '/platform/interop?do=import', '', 'migrate take over files'),
      go('interop:export', 'Export the catalog', '/platform/interop?do=export', '', 'backstage port cortex download'),
      go('interop:adopt', 'Adopt a running Backstage', '/platform/interop?do=adopt', '', 'migrate connect'),
      go('location:add', 'Add a catalog location', '/catalog/locations?add=yes', '', 'register import descriptor'),
      go('catalog:mine', 'Catalog: owned by me', '/catalog?owner=me', '', 'my components'),
      go('catalog:problems', 'Catalog: with problems', '/catalog?show=problems', '', 'errors broken'),
      go('page:/graph', 'Graph of systems and domains', '/graph?kind=system,domain', '', 'relations dependencies map'),
      ...components.map((row) =>
        go(`component:${row.component}`, row.title === '' ? row.component : row.title, `/components/${row.component}`, '', `component ${row.component}`),
      ),
      ...components.map((row) => go(`signals:${row.component}`, `Observe ${row.component}`, `/observe/${row.component}`, '', 'logs metrics traces requests')),
      { id: 'theme:light', title: 'Theme: light', keys: '', words: 'appearance', run: () => setColorScheme('light') },
      { id: 'theme:dark', title: 'Theme: dark', keys: '', words: 'appearance night', run: () => setColorScheme('dark') },
      { id: 'theme:auto', title: 'Theme: as the system', keys: '', words: 'appearance', run: () => setColorScheme('auto') },
      { id: 'keys', title: 'Show all keys', keys: '?', words: 'help shortcuts', run: () => setTimeout(onHelp) },
    ]
  }, [navigate, matrix, waiting, setColorScheme, onHelp])
}
