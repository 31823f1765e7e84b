import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { repositoryQueries, type Repository } from '../../api/repository-queries.ts'

/** Which branch is looked at. A commit that is no branch's head stays in the list as itself. */
export function BranchChoice({ repository, branch, onChange }: { repository: Repository; branch: string; onChange: (branch: string) => void }) {
  const { owner, name } = repository
  const branches = useQuery(repositoryQueries.branches({ owner, name })).data?.items.map((each) => each.name) ?? []
  const choices = branches.includes(branch) ? branches : [branch, ...branches]
  return (
    <NativeSelect aria-label="Branch" size="xs" w={220} maw="100%" value={branch} data={choices} onChange={(event) => onChange(event.currentTarget.value)} />
  )
}
