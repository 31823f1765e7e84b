import { Button, Menu } from '@mantine/core'
import { IconDots, IconUsers } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { catalogQueries, type SavedView } from '../../api/catalog-queries.ts'
import { api } from '../../api/client.ts'
import { without } from '../../app/search.ts'
import { shortRef } from '../../format/reference.ts'
import { builtInViewOf, builtInViews } from './built-in-views.ts'
import { searchOfText, searchText, type CatalogSearch } from './catalog-search.ts'
import css from './catalog.module.css'
import { DeleteViewDialog, NameViewDialog } from './view-dialogs.tsx'

/** Built-in and saved views as tabs; each is an address. What is not saved yet can be. */
export function ViewTabs({ search }: { search: CatalogSearch }) {
  const navigate = useNavigate()
  const client = useQueryClient()
  const saved = useQuery(catalogQueries.views()).data?.items ?? []
  const [dialog, setDialog] = useState<'save' | 'rename' | 'delete'>()
  const builtIn = builtInViewOf(search)
  const chosen = saved.find((view) => view.id === search.view)
  const isAltered = chosen !== undefined && (searchText(search) !== chosen.search || (search.columns ?? '') !== chosen.columns.join(','))
  // A built-in view in another order, or with other columns, is worth a name as well.
  const isOwnLook = search.sort !== undefined || search.columns !== undefined
  const canSave = chosen === undefined ? builtIn === undefined || isOwnLook : isAltered && !chosen.isOwn
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['views'] })
  const put = useMutation({
    mutationFn: ({ id, ...body }: Pick<SavedView, 'id' | 'name' | 'search' | 'columns' | 'isShared'>) => api.call('views.update', { params: { id }, body }),
    onSettled: refresh,
  })
  const columns = search.columns?.split(',') ?? []
  return (
    <div className={css['viewBar']}>
      <nav aria-label="Views" className={css['views']}>
        {builtInViews.map((view) => (
          <ViewLink key={view.title} search={view.search} isCurrent={builtIn === view.title}>
            {view.title}
          </ViewLink>
        ))}
        {saved.map((view) => (
          <ViewLink key={view.id} search={{ ...searchOfText(view.search, view.columns), view: view.id }} isCurrent={chosen?.id === view.id}>
            {view.name}
            {view.isShared ? (
              <IconUsers size={14} role="img" aria-label={view.isOwn ? 'shared by you' : `shared by ${shortRef(view.owner)}`} style={{ flex: 'none' }} />
            ) : null}
            {chosen?.id === view.id && isAltered ? <span className="dim">altered</span> : null}
          </ViewLink>
        ))}
      </nav>
      {chosen?.isOwn === true && isAltered ? (
        <Button size="compact-xs" variant="default" loading={put.isPending} onClick={() => put.mutate({ ...chosen, search: searchText(search), columns })}>
          Save changes
        </Button>
      ) : null}
      {canSave ? (
        <Button size="compact-xs" variant="default" onClick={() => setDialog('save')}>
          Save view
        </Button>
      ) : null}
      {chosen?.isOwn === true ? (
        <Menu position="bottom-end" shadow="md">
          <Menu.Target>
            <Button size="compact-xs" variant="subtle" color="gray" aria-label={`More about the view ${chosen.name}`}>
              <IconDots size={16} aria-hidden="true" />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setDialog('rename')}>Rename</Menu.Item>
            <Menu.Item onClick={() => put.mutate({ ...chosen, isShared: !chosen.isShared })}>
              {chosen.isShared ? 'Keep to myself' : 'Share with everybody'}
            </Menu.Item>
            {isAltered ? <Menu.Item onClick={() => setDialog('save')}>Save as another view</Menu.Item> : null}
            <Menu.Item color="red" onClick={() => setDialog('delete')}>
              Delete
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {put.isError ? (
        <span role="alert" style={{ color: 'var(--fw-red)' }}>
          Not saved: {put.error.message}
        </span>
      ) : null}
      {dialog === 'save' ? (
        <NameViewDialog
          title="Save this view"
          verb="Save view"
          onClose={() => setDialog(undefined)}
          save={async ({ name, isShared }) => {
            const made = await api.call('views.create', { body: { page: 'catalog', name, isShared, search: searchText(search), columns } })
            await refresh()
            void navigate({ to: '/catalog', search: { ...search, view: made.id } })
          }}
        />
      ) : null}
      {dialog === 'rename' && chosen !== undefined ? (
        <NameViewDialog
          title="Rename the view"
          verb="Rename view"
          view={chosen}
          onClose={() => setDialog(undefined)}
          save={async ({ name, isShared }) => {
            await api.call('views.update', { params: { id: chosen.id }, body: { name, isShared, search: chosen.search, columns: chosen.columns } })
            await refresh()
          }}
        />
      ) : null}
      {dialog === 'delete' && chosen !== undefined ? (
        <DeleteViewDialog
          view={chosen}
          onClose={() => setDialog(undefined)}
          remove={async () => {
            await api.call('views.delete', { params: { id: chosen.id } })
            await refresh()
            void navigate({ to: '/catalog', search: without(search, 'view') })
          }}
        />
      ) : null}
    </div>
  )
}

function ViewLink({ search, isCurrent, children }: { search: CatalogSearch; isCurrent: boolean; children: React.ReactNode }) {
  return (
    <Link
      to="/catalog"
      search={search}
      className={css['view']}
      activeOptions={{ exact: true, includeSearch: true }}
      activeProps={{}}
      data-current={isCurrent ? 'true' : undefined}
      aria-current={isCurrent ? 'page' : false}
    >
      {children}
    </Link>
  )
}
