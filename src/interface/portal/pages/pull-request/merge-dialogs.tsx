import { Button, Checkbox, Modal, Radio } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { type PullRequestDetail, type RepositoryName } from '../../api/repository-queries.ts'
import { shortId } from '../../format/reference.ts'
import { useFocusBack } from '../../ui/focus-back.ts'
import { FaultNotice } from '../../ui/notice.tsx'
import css from './pull-request.module.css'

interface DialogProps {
  pull: PullRequestDetail
  params: RepositoryName & { number: number }
  onClose: () => void
}

/** Asks how to merge, and merges exactly the commit that is shown. */
export function MergeDialog({ pull, params, onClose }: DialogProps) {
  useFocusBack()
  const client = useQueryClient()
  const [method, setMethod] = useState<'merge' | 'squash'>('merge')
  const [isBranchDeleted, setBranchDeleted] = useState(true)
  const merge = useMutation({
    mutationFn: () => api.call('pullRequests.merge', { params, body: { method, expectedHead: pull.headSha, deleteBranch: isBranchDeleted } }),
    onSuccess: () => onClose(),
    onSettled: async () => {
      await Promise.all([client.invalidateQueries({ queryKey: ['pullRequests'] }), client.invalidateQueries({ queryKey: ['repositories'] })])
    },
  })
  const title = `Merge into ${pull.targetBranch}`
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div style={{ display: 'grid', gap: 16 }}>
        <p>
          Puts commit <code>{shortId(pull.headSha)}</code> of <code>{pull.sourceBranch}</code> on <code>{pull.targetBranch}</code>. A push to it starts its
          pipelines.
        </p>
        <Radio.Group label="How" value={method} onChange={(value) => setMethod(value === 'squash' ? 'squash' : 'merge')}>
          <div style={{ display: 'grid', gap: 8, marginTop: 8 }}>
            <Radio value="merge" label="Keep its commits, with a merge commit" />
            <Radio value="squash" label="Squash it to one commit" />
          </div>
        </Radio.Group>
        <Checkbox
          label={`Delete ${pull.sourceBranch} afterwards`}
          checked={isBranchDeleted}
          onChange={(event) => setBranchDeleted(event.currentTarget.checked)}
        />
        {merge.error === null ? null : <FaultNotice error={merge.error} what="pull request" />}
        <div className={css['buttons']} style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button data-autofocus loading={merge.isPending} onClick={() => merge.mutate()}>
            {title}
          </Button>
        </div>
      </div>
    </Modal>
  )
}

/** Asks once before a pull request is given up; its branch stays. */
export function CloseDialog({ pull, params, onClose }: DialogProps) {
  useFocusBack()
  const client = useQueryClient()
  const close = useMutation({
    mutationFn: () => api.call('pullRequests.close', { params }),
    onSuccess: () => onClose(),
    onSettled: async () => await client.invalidateQueries({ queryKey: ['pullRequests'] }),
  })
  return (
    <Modal opened onClose={onClose} title="Close without merging" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div style={{ display: 'grid', gap: 16 }}>
        <p>
          Nothing of it reaches <code>{pull.targetBranch}</code>. Its branch <code>{pull.sourceBranch}</code> stays, and it can be reopened.
        </p>
        {close.error === null ? null : <FaultNotice error={close.error} what="pull request" />}
        <div className={css['buttons']} style={{ justifyContent: 'flex-end' }}>
          <Button variant="default" data-autofocus onClick={onClose}>
            Leave it open
          </Button>
          <Button color="red" loading={close.isPending} onClick={() => close.mutate()}>
            Close pull request
          </Button>
        </div>
      </div>
    </Modal>
  )
}
