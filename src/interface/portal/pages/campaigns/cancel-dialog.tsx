import { Button, Modal, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { campaignQueries, type CampaignDetail } from '../../api/campaign-queries.ts'
import { api } from '../../api/client.ts'
import { plural } from '../../format/quantity.ts'
import { ActionFault } from '../../parts/action-fault.tsx'
import { useFocusBack } from '../../ui/focus-back.ts'
import css from './campaigns.module.css'

/** Asks once before a campaign is stopped: its open pull requests are closed, what was merged stays. */
export function CancelDialog({ campaign, onClose }: { campaign: CampaignDetail; onClose: () => void }) {
  useFocusBack()
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const cancel = useMutation({
    mutationFn: () => api.call('campaigns.cancel', { params: { id: campaign.id }, body: reason.trim() === '' ? {} : { reason } }),
    onSuccess: (next) => {
      client.setQueryData(campaignQueries.one(campaign.id).queryKey, next)
      onClose()
    },
  })
  const open = campaign.counts.open + campaign.counts.conflict
  return (
    <Modal opened onClose={onClose} title="Cancel this campaign" closeButtonProps={{ 'aria-label': 'Close' }}>
      <div className={css['dialog']}>
        <p>
          {open === 0 ? 'Nothing more is proposed.' : `Closes ${plural(open, 'open pull request')}, and nothing more is proposed.`} What was merged stays
          {campaign.counts.merged === 0 ? '.' : `: ${plural(campaign.counts.merged, 'component')}.`}
        </p>
        <Textarea
          label="Why"
          description="Owners of the closed pull requests read it"
          autosize
          minRows={2}
          data-autofocus
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {cancel.error === null ? null : <ActionFault error={cancel.error} verb="cancel this campaign" onRetry={() => cancel.mutate()} />}
        <div className={css['buttons']}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button color="red" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel the campaign
          </Button>
        </div>
      </div>
    </Modal>
  )
}
