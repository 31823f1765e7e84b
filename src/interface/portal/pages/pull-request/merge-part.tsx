import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { repositoryQueries, type PullRequestDetail, type RepositoryName } from '../../api/repository-queries.ts'
import { useKey } from '../../app/keys.ts'
import { plural } from '../../format/quantity.ts'
import { shortId } from '../../format/reference.ts'
import { Age } from '../../ui/age.tsx'
import { Keys } from '../../ui/keys.tsx'
import { Who } from '../../ui/links.tsx'
import { FaultNotice, Strip } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { CloseDialog, MergeDialog } from './merge-dialogs.tsx'
import { checksLook, verdictsOf } from './pull-request-look.ts'
import css from './pull-request.module.css'

interface PartProps {
  pull: PullRequestDetail
  params: RepositoryName & { number: number }
}

/** Whether it can be merged, and the buttons that end it; or how it ended. */
export function MergePart({ pull, params }: PartProps) {
  const [asked, setAsked] = useState<'merge' | 'close' | null>(null)
  const canMerge = pull.state === 'open' && pull.isMergeable === true
  useKey('m', () => setAsked('merge'), canMerge)
  return (
    <Section title={pull.state === 'open' ? 'Merge' : 'How it ended'} id="merge">
      <div role="status" className="sr">
        {pull.state === 'open' ? readiness(pull) : `This pull request is ${pull.state}`}
      </div>
      {pull.state !== 'open' ? (
        <Ended pull={pull} params={params} />
      ) : (
        <>
          {pull.isMergeable === false ? (
            <Strip tone="amber">
              It conflicts with {pull.targetBranch}. Merge {pull.targetBranch} into {pull.sourceBranch}, settle the conflicts there, and push.
            </Strip>
          ) : null}
          <div className={css['ready']}>
            <p className={css['readyText']}>
              {readiness(pull)} <Reviews pull={pull} params={params} />
            </p>
            <div className={css['buttons']}>
              <Button disabled={!canMerge} onClick={() => setAsked('merge')} aria-keyshortcuts="m">
                Merge into {pull.targetBranch}
                <Keys keys="m" />
              </Button>
              <Button variant="default" onClick={() => setAsked('close')}>
                Close without merging
              </Button>
            </div>
          </div>
        </>
      )}
      {asked === 'merge' && pull.state === 'open' ? <MergeDialog pull={pull} params={params} onClose={() => setAsked(null)} /> : null}
      {asked === 'close' && pull.state === 'open' ? <CloseDialog pull={pull} params={params} onClose={() => setAsked(null)} /> : null}
    </Section>
  )
}

function readiness(pull: PullRequestDetail): string {
  const look = checksLook(pull.checks)
  const checks =
    look === null ? 'No check has run.' : ({ green: 'All checks passed.', red: 'A check failed.' }[look.tone as string] ?? 'Checks have not ended.')
  if (pull.isMergeable === null) return `Whether it conflicts is not known yet. ${checks}`
  return `${pull.isMergeable ? `It merges into ${pull.targetBranch} without a conflict.` : `It can't be merged as it is.`} ${checks}`
}

function Reviews({ pull, params }: PartProps) {
  const comments = useQuery(repositoryQueries.comments(params)).data?.items ?? []
  const verdicts = verdictsOf(comments, pull.headSha)
  const approvals = verdicts.filter(({ verdict, isOfHead }) => verdict === 'approved' && isOfHead).length
  const refusals = verdicts.filter(({ verdict }) => verdict === 'changes_requested')
  if (refusals.length > 0) return <>{plural(refusals.length, 'reviewer')} asked for changes.</>
  return approvals === 0 ? null : <>{plural(approvals, 'reviewer')} approved this commit.</>
}

function Ended({ pull, params }: PartProps) {
  const client = useQueryClient()
  const reopen = useMutation({
    mutationFn: () => api.call('pullRequests.reopen', { params }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['pullRequests'] }),
  })
  return (
    <>
      <div className={css['ready']}>
        <p className={css['readyText']}>
          {pull.state === 'merged' ? 'Merged' : 'Closed without merging'}
          {pull.endedBy === null ? null : (
            <>
              {' by '}
              <Who principal={pull.endedBy} />
            </>
          )}{' '}
          {pull.endedAt === null ? null : <Age at={pull.endedAt} />}
          {pull.mergeSha === null ? null : (
            <>
              {' as '}
              <code>{shortId(pull.mergeSha)}</code>
            </>
          )}
          .
        </p>
        {pull.state === 'closed' ? (
          <Button variant="default" loading={reopen.isPending} onClick={() => reopen.mutate()}>
            Reopen
          </Button>
        ) : null}
      </div>
      {reopen.error === null ? null : <FaultNotice error={reopen.error} what="pull request" />}
    </>
  )
}
