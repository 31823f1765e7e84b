import { Button, Modal, Skeleton, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { formatMoney, plural } from '../../format/quantity.ts'
import { shortRef } from '../../format/reference.ts'
import { useFocusBack } from '../../ui/focus-back.ts'
import { FaultNotice, Strip } from '../../ui/notice.tsx'
import { dangerWord, planSentences, sentence } from '../plan/plan-summary.ts'
import { PlanView } from '../plan/plan-view.tsx'
import { intentTitle, planIntent, startIntent, type Intent } from './intent.ts'

/** Shows the plan before anything is done. What can lose data must be typed; then one button does it and leads to the Change. */
export function IntentDialog({ intent, onClose }: { intent: Intent; onClose: () => void }) {
  useFocusBack()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [key] = useState(() => crypto.randomUUID())
  const plan = useQuery({ queryKey: ['plan', intent, key], queryFn: () => planIntent(intent), staleTime: Number.POSITIVE_INFINITY, retry: false })
  const start = useMutation({
    mutationFn: () => startIntent(intent, reason, key),
    onSuccess: (change) => {
      client.setQueryData(['changes', 'one', change.id], change)
      onClose()
      void navigate({ to: '/changes/$id', params: { id: change.id } })
    },
  })
  const title = intentTitle(intent)
  const word = dangerWord(plan.data?.actions ?? [])
  const [summary, does] = plan.data === undefined ? ['', ''] : planSentences(plan.data)
  const isDenied = plan.data?.verdicts.some((verdict) => verdict.outcome === 'denied') ?? false
  const needsReason = intent.kind === 'rollback'
  const isReady = plan.data !== undefined && !isDenied && !plan.data.unchanged && (word === null || typed === word) && (!needsReason || reason.trim() !== '')
  return (
    <Modal opened onClose={onClose} title={title} size={720} closeButtonProps={{ 'aria-label': 'Close' }}>
      <div style={{ display: 'grid', gap: 16, minHeight: 200, alignContent: 'start' }}>
        {plan.error === null ? null : <FaultNotice error={plan.error} what="plan" onRetry={() => void plan.refetch()} />}
        {plan.data === undefined && plan.error === null ? <Skeleton height={160} aria-label="Planning" /> : null}
        {plan.data === undefined ? null : (
          <>
            <p>
              <strong>{summary}</strong> <span className="dim">{does}</span>{' '}
              {plan.data.costCentsPerMonth === 0 ? null : <span className="num">{formatMoney(plan.data.costCentsPerMonth, true)} a month.</span>}
            </p>
            {plan.data.approval === null ? null : (
              <Strip tone="purple">
                It will wait for {plural(plan.data.approval.required, 'approval')}
                {plan.data.approval.groups.length === 0 ? '' : ` of ${plan.data.approval.groups.map(shortRef).join(' or ')}`}
                {plan.data.approval.separationOfDuties ? ', by somebody else than you' : ''}. {sentence(plan.data.approval.reason)}
              </Strip>
            )}
            <PlanView plan={plan.data} />
            {needsReason ? (
              <Textarea
                label="Why"
                description="Kept with the change"
                required
                autosize
                minRows={2}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
              />
            ) : null}
            {word === null ? null : (
              <TextInput
                label={`Type ${word} to go on`}
                description="Data can be lost"
                value={typed}
                onChange={(event) => setTyped(event.currentTarget.value)}
              />
            )}
          </>
        )}
        {start.error === null ? null : <FaultNotice error={start.error} what="change" onRetry={() => start.mutate()} />}
        <div style={{ display: 'flex', gap: 8, justifyContent: 'flex-end' }}>
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button disabled={!isReady} loading={start.isPending} onClick={() => start.mutate()} {...(word === null ? {} : { color: 'red' })}>
            {title}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
