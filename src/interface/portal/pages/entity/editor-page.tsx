import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { repositoryQueries } from '../../api/repository-queries.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { FileEditor } from './file-editor.tsx'

const route = getRouteApi('/app/repositories/$owner/$name/edit')

/** Writes a file of the built-in Git host: a descriptor with all that the catalog knows of it, or any other text. */
export function EditorPage() {
  const params = route.useParams()
  const { file = 'catalog-info.yaml', ref } = route.useSearch()
  const repository = useQuery(repositoryQueries.one(params))
  const branch = ref ?? repository.data?.defaultBranch
  const content = useQuery({
    ...repositoryQueries.file(params, branch, file),
    enabled: branch !== undefined,
    // What is being written must not be pulled away by a refresh: a save says when the branch has moved.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always' as const,
    refetchOnWindowFocus: false,
  })
  const name = `${params.owner}/${params.name}`
  return (
    <Page
      title={`Edit ${file}`}
      above={
        <Link to="/repositories/$owner/$name" params={params} search={{ file, ...(ref === undefined ? {} : { ref }) }}>
          {name}
        </Link>
      }
      about={branch === undefined ? ' ' : `On the branch ${branch}. Nothing is written before you save.`}
    >
      <QueryView query={content} what="file" skeleton={<RowSkeletons rows={10} />}>
        {(data) =>
          data.encoding === 'utf-8' && branch !== undefined ? (
            <FileEditor key={`${branch}:${file}`} repository={params} branch={branch} isDefault={branch === repository.data?.defaultBranch} file={data} />
          ) : (
            <EmptyState title="No text">Clone the repository to work on this file.</EmptyState>
          )
        }
      </QueryView>
    </Page>
  )
}
