import { Button, Modal, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { TemplateChild } from '../../api/campaign-queries.ts'
import { api } from '../../api/client.ts'
import { parseRef, shortRef } from '../../format/reference.ts'
import { ActionFault } from '../../parts/action-fault.tsx'
import { useFocusBack } from '../../ui/focus-back.ts'
import css from './campaigns.module.css'

/** Takes a component off its golden path, or puts it back on; the reason is kept with it. */
export function FollowDialog({ child, onClose }: { child: TemplateChild; onClose: () => void }) {
  useFocusBack()
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const [wasSent, setSent] = useState(false)
  const name = shortRef(child.component)
  const verb = child.isEjected ? `put ${name} back on its golden path` : `take ${name} off its golden path`
  const isMissing = reason.trim() === '' && !child.isEjected
  const follow = useMutation({
    mutationFn: () => {
      const { namespace, name: component } = parseRef(child.component)
      const input = { params: { namespace, name: component }, body: { reason } }
      return child.isEjected ? api.call('lineage.resume', input) : api.call('lineage.eject', input)
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['campaigns'] })
      onClose()
    },
  })
  const title = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        className={css['dialog']}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setSent(true)
          if (!isMissing) follow.mutate()
        }}
      >
        <p>
          {child.isEjected
            ? 'Its golden path proposes new versions to it again, from the one that it was made from or last took over.'
            : 'It keeps running as it is. New versions of the golden path are no longer proposed to it, until it is put back on.'}
        </p>
        <Textarea
          label="Why"
          description="Kept with the component"
          required={!child.isEjected}
          autosize
          minRows={2}
          data-autofocus
          error={wasSent && isMissing ? 'This is needed' : undefined}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {follow.error === null ? null : <ActionFault error={follow.error} verb={verb} onRetry={() => follow.mutate()} />}
        <div className={css['buttons']}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" loading={follow.isPending}>
            {child.isEjected ? 'Put it back on' : 'Take it off'}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
