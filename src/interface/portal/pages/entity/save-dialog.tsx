import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ApiProblem } from '../../api/problem.ts'
import type { RepositoryName } from '../../api/repository-queries.ts'
import { plural } from '../../format/quantity.ts'
import { Choice } from '../../ui/filters.tsx'
import { Strip } from '../../ui/notice.tsx'

interface SaveDialogProps {
  repository: RepositoryName
  branch: string
  isDefault: boolean
  path: string
  text: string
  /** The commit that was read. */
  commit: string
  problems: number
  onClose: () => void
  /** With the number of the pull request, when one was opened. */
  onSaved: (pullRequest: number | null) => void
}

/** Asks how it is saved: proposed by a pull request, or committed. A refusal keeps what was written. */
export function SaveDialog({ repository, branch, isDefault, path, text, commit, problems, onClose, onSaved }: SaveDialogProps) {
  const client = useQueryClient()
  const fileName = path.split('/').at(-1) ?? path
  const [way, setWay] = useState<'pull' | 'commit'>(isDefault ? 'pull' : 'commit')
  const [message, setMessage] = useState(`Edit ${fileName}`)
  const [source, setSource] = useState(() => `edit/${fileName.replace(/\.\w+$/, '').replaceAll(/[^\w-]+/g, '-')}-${Date.now().toString(36)}`)
  const save = useMutation({
    mutationFn: () =>
      api.call('repositories.commit', {
        params: { ...repository },
        body: {
          branch: way === 'pull' ? source : branch,
          message,
          files: [{ path, content: text }],
          expectedParent: commit,
          ...(way === 'pull' ? { pullRequest: { title: message, targetBranch: branch } } : {}),
        },
      }),
    onSuccess: ({ pullRequest }) => {
      void client.invalidateQueries({ predicate: (query) => ['repositories', 'pullRequests', 'entities', 'files'].includes(String(query.queryKey[0])) })
      onSaved(pullRequest?.number ?? null)
    },
  })
  return (
    <Modal opened onClose={onClose} title={`Save ${path}`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        style={{ display: 'grid', gap: 16 }}
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        {problems === 0 ? null : <Strip tone="amber">{plural(problems, 'problem')} in it: the catalog would keep what was last good.</Strip>}
        <Choice
          label="How to save"
          value={way}
          choices={[
            { value: 'pull', title: 'Propose it' },
            { value: 'commit', title: `Commit to ${branch}` },
          ]}
          onChange={(next) => setWay(next === 'commit' ? 'commit' : 'pull')}
        />
        <TextInput
          label={way === 'pull' ? 'Title of the pull request' : 'Message'}
          value={message}
          required
          data-autofocus
          onChange={(event) => setMessage(event.currentTarget.value)}
        />
        {way === 'pull' ? (
          <TextInput label="Branch" description="Made for it" value={source} required onChange={(event) => setSource(event.currentTarget.value)} />
        ) : null}
        {save.error === null ? null : (
          <Strip tone="red" isAlert>
            Not saved: {save.error.message}
            {save.error instanceof ApiProblem && save.error.code === 'delivery.git_host.stale_parent'
              ? '. What you wrote is kept here as a draft: load the page again to see what came in between.'
              : ''}
          </Strip>
        )}
        <div style={{ display: 'flex', gap: 8, justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            Go on writing
          </Button>
          <Button type="submit" loading={save.isPending} disabled={message.trim() === ''}>
            {way === 'pull' ? 'Open pull request' : `Commit to ${branch}`}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
