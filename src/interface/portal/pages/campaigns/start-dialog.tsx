import { Button, Modal, Skeleton, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { plural } from '../../format/quantity.ts'
import { ActionFault } from '../../parts/action-fault.tsx'
import { sentence } from '../../parts/plan/plan-summary.ts'
import { PlanView } from '../../parts/plan/plan-view.tsx'
import { useFocusBack } from '../../ui/focus-back.ts'
import css from './campaigns.module.css'

interface StartDialogProps {
  template: string
  version: string
  components: readonly string[]
  onClose: () => void
}

/** Shows what a campaign would propose to whom, before it proposes anything. */
export function StartDialog({ template, version, components, onClose }: StartDialogProps) {
  useFocusBack()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const [key] = useState(() => crypto.randomUUID())
  const input = { template, components: [...components] }
  const plan = useQuery({
    queryKey: ['plan', 'campaign', key],
    queryFn: ({ signal }) => api.call('plans.create', { body: { kind: 'campaign', input } }, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const start = useMutation({
    mutationFn: () => api.call('campaigns.start', { body: { ...input, ...(reason.trim() === '' ? {} : { reason }) } }, { idempotencyKey: key }),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries({ queryKey: ['campaigns'] })
      onClose()
      void navigate({ to: '/campaigns/$id', params: { id } })
    },
  })
  const isReady = plan.data !== undefined && !plan.data.unchanged && !plan.data.verdicts.some((verdict) => verdict.outcome === 'denied')
  return (
    <Modal
      opened
      onClose={onClose}
      size={720}
      title={`Propose ${version} to ${plural(components.length, 'component')}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={css['dialog']}>
        {plan.error === null ? null : <ActionFault error={plan.error} verb="plan this campaign" onRetry={() => void plan.refetch()} />}
        {plan.data === undefined && plan.error === null ? <Skeleton height={160} aria-label="Planning" /> : null}
        {plan.data === undefined ? null : (
          <>
            <p>
              <strong>{sentence(plan.data.summary)}</strong> <span className="dim">One pull request each; their owners merge or close it.</span>
            </p>
            <PlanView plan={plan.data} />
          </>
        )}
        <Textarea
          label="Why"
          description="Stands in each pull request"
          autosize
          minRows={2}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {start.error === null ? null : <ActionFault error={start.error} verb="start this campaign" onRetry={() => start.mutate()} />}
        <div className={css['buttons']}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button disabled={!isReady} loading={start.isPending} onClick={() => start.mutate()}>
            Propose {version}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
