import { Button, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { repositoryQueries, type PullRequestComment, type PullRequestDetail, type RepositoryName } from '../../api/repository-queries.ts'
import { Age } from '../../ui/age.tsx'
import { Who } from '../../ui/links.tsx'
import { FaultNotice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import type { Look } from '../../ui/looks.ts'
import css from './pull-request.module.css'

const Markdown = lazy(() => import('../../parts/markdown/markdown.tsx').then((module) => ({ default: module.Markdown })))
const verdictLooks: Record<'approved' | 'changes_requested', Look> = {
  approved: { tone: 'green', shape: 'check', word: 'Approved' },
  changes_requested: { tone: 'amber', shape: 'triangle', word: 'Asked for changes' },
}

/** What people said about it, and room to say more. */
export function Conversation({ pull, params }: { pull: PullRequestDetail; params: RepositoryName & { number: number } }) {
  const comments = useQuery(repositoryQueries.comments(params))
  return (
    <Section title="Conversation" id="conversation" count={comments.data?.items.length}>
      <QueryView query={comments} what="comments">
        {({ items }) => (
          <ol className={css['comments']}>
            {items.map((comment) => (
              <Comment key={comment.id} comment={comment} isOfHead={comment.headSha === pull.headSha} />
            ))}
          </ol>
        )}
      </QueryView>
      <Say pull={pull} params={params} />
    </Section>
  )
}

function Comment({ comment, isOfHead }: { comment: PullRequestComment; isOfHead: boolean }) {
  return (
    <li className={css['comment']}>
      <div className={css['commentHead']}>
        <strong>
          <Who principal={comment.author} />
        </strong>
        {comment.verdict === null ? null : <StateMark look={verdictLooks[comment.verdict]} />}
        {comment.verdict === null || isOfHead ? null : <span className="dim">an older commit</span>}
        <span className="dim">
          <Age at={comment.createdAt} />
        </span>
      </div>
      {comment.body.trim() === '' ? null : (
        <Suspense>
          <Markdown text={comment.body} />
        </Suspense>
      )}
    </li>
  )
}

function Say({ pull, params }: { pull: PullRequestDetail; params: RepositoryName & { number: number } }) {
  const me = useQuery(queries.me()).data
  const client = useQueryClient()
  const [body, setBody] = useState('')
  const say = useMutation({
    mutationFn: (verdict: 'approved' | 'changes_requested' | undefined) => api.call('pullRequests.comment', { params, body: { body: body.trim(), verdict } }),
    onSuccess: () => {
      setBody('')
      void client.invalidateQueries({ queryKey: ['pullRequests', 'comments'] })
    },
  })
  const isEmpty = body.trim() === ''
  const mayReview = pull.state === 'open' && me !== undefined && me.principal !== pull.author
  return (
    <form
      className={css['say']}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isEmpty) say.mutate(undefined)
      }}
    >
      <Textarea label="Say something" description="Markdown" autosize minRows={3} value={body} onChange={(event) => setBody(event.currentTarget.value)} />
      <div className={css['buttons']}>
        <Button type="submit" variant="default" disabled={isEmpty} loading={say.isPending && say.variables === undefined}>
          Comment
        </Button>
        {mayReview ? (
          <>
            <Button variant="default" loading={say.isPending && say.variables === 'approved'} onClick={() => say.mutate('approved')}>
              Approve {pull.headSha.slice(0, 7)}
            </Button>
            <Button
              variant="default"
              disabled={isEmpty}
              loading={say.isPending && say.variables === 'changes_requested'}
              onClick={() => say.mutate('changes_requested')}
            >
              Ask for changes
            </Button>
          </>
        ) : null}
      </div>
      {say.error === null ? null : <FaultNotice error={say.error} what="comment" />}
    </form>
  )
}
