import { Button, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Change } from '../../api/shapes.ts'
import { useKey } from '../../app/keys.ts'
import { dangerWord } from '../../parts/plan/plan-summary.ts'
import { Keys } from '../../ui/keys.tsx'
import { FaultNotice } from '../../ui/notice.tsx'
import css from './change.module.css'
import { mayDecide } from './may-decide.ts'

/** Approve or reject, by button or key; what can lose data must be typed first. */
export function Decide({ change }: { change: Change }) {
  const me = useQuery(queries.me()).data
  const client = useQueryClient()
  const [mode, setMode] = useState<'rest' | 'reject' | 'confirm'>('rest')
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const decision = mayDecide(change, me)
  const word = dangerWord(change.plan?.actions ?? [])
  const hash = change.planHash ?? ''
  const onSuccess = (next: Change): void => {
    client.setQueryData(queries.change(change.id).queryKey, next)
    void client.invalidateQueries({ queryKey: ['changes'] })
    setMode('rest')
  }
  const approve = useMutation({ mutationFn: () => api.call('changes.approve', { params: { id: change.id }, body: { planHash: hash } }), onSuccess })
  const reject = useMutation({
    mutationFn: () => api.call('changes.reject', { params: { id: change.id }, body: { planHash: hash, reason: reason.trim() } }),
    onSuccess,
  })
  const onApprove = (): void => (word === null ? approve.mutate() : setMode('confirm'))
  const isOn = change.state === 'waiting' && decision.may
  useKey('a', onApprove, isOn)
  useKey('r', () => setMode('reject'), isOn)
  if (change.state !== 'waiting') return null
  if (!decision.may) return decision.why === '' ? null : <p className="dim">{decision.why}</p>
  return (
    <div className={css['decide']} role="group" aria-label="Your decision">
      {mode === 'reject' ? (
        <form
          style={{ display: 'grid', gap: 12 }}
          onSubmit={(event) => {
            event.preventDefault()
            if (reason.trim() !== '') reject.mutate()
          }}
        >
          <Textarea
            label="Why not"
            description="The requester reads this"
            data-autofocus
            autoFocus
            required
            autosize
            minRows={2}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <div className={css['buttons']}>
            <Button type="submit" color="red" disabled={reason.trim() === ''} loading={reject.isPending}>
              Reject
            </Button>
            <Button variant="default" onClick={() => setMode('rest')}>
              Back
            </Button>
          </div>
        </form>
      ) : mode === 'confirm' && word !== null ? (
        <form
          style={{ display: 'grid', gap: 12 }}
          onSubmit={(event) => {
            event.preventDefault()
            if (typed === word) approve.mutate()
          }}
        >
          <TextInput
            label={`Type ${word} to approve`}
            description="Data can be lost"
            autoFocus
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <div className={css['buttons']}>
            <Button type="submit" color="red" disabled={typed !== word} loading={approve.isPending}>
              Approve, data can be lost
            </Button>
            <Button variant="default" onClick={() => setMode('rest')}>
              Back
            </Button>
          </div>
        </form>
      ) : (
        <div className={css['buttons']}>
          <Button onClick={onApprove} loading={approve.isPending} aria-keyshortcuts="a">
            Approve
            <Keys keys="a" />
          </Button>
          <Button variant="default" onClick={() => setMode('reject')} aria-keyshortcuts="r">
            Reject
            <Keys keys="r" />
          </Button>
        </div>
      )}
      {approve.error === null ? null : <FaultNotice error={approve.error} what="approval" />}
      {reject.error === null ? null : <FaultNotice error={reject.error} what="rejection" />}
    </div>
  )
}
