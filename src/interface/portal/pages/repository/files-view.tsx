import { IconFile, IconFolder, IconLink } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { repositoryQueries, type Repository, type TreeEntry } from '../../api/repository-queries.ts'
import { formatSize } from '../../format/quantity.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Panel, Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { BranchChoice } from './branch-choice.tsx'
import { FileView } from './file-view.tsx'
import { baseName, crumbs, inOrder, readmeOf } from './folder-entries.ts'
import css from './repository.module.css'

const Markdown = lazy(() => import('../../parts/markdown/markdown.tsx').then((module) => ({ default: module.Markdown })))
const route = getRouteApi('/app/repositories/$owner/$name')

/** A folder with its README, or a file, of a branch. */
export function FilesView({ repository, branch, path, file }: { repository: Repository; branch: string; path: string; file: string | undefined }) {
  const navigate = route.useNavigate()
  const params = { owner: repository.owner, name: repository.name }
  const tree = useQuery({ ...repositoryQueries.tree(params, branch, path), enabled: file === undefined })
  const steps = crumbs(file ?? path)
  return (
    <>
      <div className={css['place']}>
        <BranchChoice repository={repository} branch={branch} onChange={(next) => void navigate({ search: (old) => ({ ...old, ref: next }) })} />
        <nav aria-label="Folder" className={css['crumbs']}>
          <Link to="/repositories/$owner/$name" params={params} search={{ ref: branch }}>
            {repository.name}
          </Link>
          {steps.map((step, at) => (
            <span key={step.path}>
              <span className="dim">/ </span>
              {at === steps.length - 1 ? (
                <span aria-current="page">{step.name}</span>
              ) : (
                <Link to="/repositories/$owner/$name" params={params} search={{ ref: branch, path: step.path }}>
                  {step.name}
                </Link>
              )}
            </span>
          ))}
        </nav>
      </div>
      {file !== undefined ? (
        <FileView repository={params} branch={branch} path={file} />
      ) : (
        <QueryView query={tree} what="folder">
          {({ items }) => (items.length === 0 ? <NothingPushed repository={repository} /> : <Folder repository={repository} branch={branch} entries={items} />)}
        </QueryView>
      )}
    </>
  )
}

function Folder({ repository, branch, entries }: { repository: Repository; branch: string; entries: readonly TreeEntry[] }) {
  const params = { owner: repository.owner, name: repository.name }
  const readme = readmeOf(entries)
  const text = useQuery({ ...repositoryQueries.file(params, branch, readme?.path ?? ''), enabled: readme !== undefined })
  const href = (entry: TreeEntry): string =>
    `/repositories/${params.owner}/${params.name}?${new URLSearchParams({ ref: branch, [searchName(entry)]: entry.path }).toString()}`
  const columns: readonly Column<TreeEntry>[] = [
    {
      key: 'name',
      title: 'Name',
      isMain: true,
      cell: (entry) => (
        <span className={css['entry']}>
          <EntryIcon type={entry.type} />
          {entry.type === 'submodule' ? (
            baseName(entry.path)
          ) : (
            <Link to="/repositories/$owner/$name" params={params} search={{ ref: branch, [searchName(entry)]: entry.path }}>
              {baseName(entry.path)}
            </Link>
          )}
        </span>
      ),
    },
    {
      key: 'size',
      title: 'Size',
      align: 'right',
      width: 96,
      cell: (entry) => <span className="dim num">{entry.sizeBytes === null ? '' : formatSize(entry.sizeBytes)}</span>,
    },
  ]
  return (
    <>
      <Table label="Files" rows={inOrder(entries)} columns={columns} rowKey={(entry) => entry.path} href={href} isHeadless />
      {readme === undefined || text.data === undefined ? null : (
        <div className={css['readme']}>
          <Section title={baseName(readme.path)} id="readme">
            <Panel isPadded>
              <Suspense>
                <Markdown text={text.data.content} />
              </Suspense>
            </Panel>
          </Section>
        </div>
      )}
    </>
  )
}

/** A folder and a file have an address each. */
function searchName(entry: TreeEntry): 'path' | 'file' {
  return entry.type === 'folder' ? 'path' : 'file'
}

function EntryIcon({ type }: { type: TreeEntry['type'] }) {
  const word = { folder: 'Folder', file: 'File', link: 'Link', submodule: 'Submodule' }[type]
  const Icon = type === 'folder' ? IconFolder : type === 'file' ? IconFile : IconLink
  return (
    <>
      <Icon size={16} className={css['icon']} aria-hidden="true" />
      <span className="sr">{word}</span>
    </>
  )
}

function NothingPushed({ repository }: { repository: Repository }) {
  return (
    <EmptyState title="Nothing is pushed yet">
      <p>Clone it, commit, and push; this page fills by itself.</p>
      <pre style={{ marginTop: 8, overflowX: 'auto' }} tabIndex={0}>{`git clone ${repository.cloneUrl}`}</pre>
    </EmptyState>
  )
}
