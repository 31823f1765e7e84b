import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { repositoryQueries, type PullRequestDetail } from '../../api/repository-queries.ts'
import { durationBetween } from '../../format/duration.ts'
import { shortId } from '../../format/reference.ts'
import { Age } from '../../ui/age.tsx'
import { useNow } from '../../ui/clock.ts'
import { Who } from '../../ui/links.tsx'
import { EmptyState } from '../../ui/notice.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Conversation } from './conversation.tsx'
import { FilesPart } from './files-part.tsx'
import { MergePart } from './merge-part.tsx'
import { checkLook, pullRequestLook } from './pull-request-look.ts'
import css from './pull-request.module.css'

const Markdown = lazy(() => import('../../parts/markdown/markdown.tsx').then((module) => ({ default: module.Markdown })))
const route = getRouteApi('/app/repositories/$owner/$name/pull-requests/$number')

/** One pull request: what it is for, what was run on it, whether it can be merged, and every line that it alters. */
export function PullRequestPage() {
  const { owner, name, number } = route.useParams()
  const params = { owner, name, number: Number(number) }
  const query = useQuery(repositoryQueries.pullRequest(params))
  const pull = query.data
  return (
    <Page
      title={pull === undefined ? `Pull request #${number}` : `${pull.title} #${number}`}
      above={
        <>
          <Link to="/repositories/$owner/$name" params={{ owner, name }}>
            {owner}/{name}
          </Link>
          {' / '}
          <Link to="/repositories/$owner/$name" params={{ owner, name }} search={{ view: 'pulls' }}>
            Pull requests
          </Link>
        </>
      }
      heading={
        pull === undefined ? undefined : (
          <>
            {pull.title} <span className="dim num">#{pull.number}</span> <StateMark look={pullRequestLook(pull.state)} isBadge />
          </>
        )
      }
      about={pull === undefined ? ' ' : <About pull={pull} />}
    >
      <QueryView query={query} what="pull request" skeleton={<RowSkeletons rows={10} />}>
        {(data) => (
          <>
            {data.body.trim() === '' ? null : (
              <Section title="Why" id="why">
                <Suspense>
                  <Markdown text={data.body} />
                </Suspense>
              </Section>
            )}
            <Checks pull={data} />
            <MergePart pull={data} params={params} />
            <FilesPart pull={data} params={params} />
            <Conversation pull={data} params={params} />
          </>
        )}
      </QueryView>
    </Page>
  )
}

function About({ pull }: { pull: PullRequestDetail }) {
  const branch = (name: string) => <code className={css['branch']}>{name}</code>
  return (
    <span className={css['facts']}>
      <span>
        <Who principal={pull.author} /> brings {branch(pull.sourceBranch)} into {branch(pull.targetBranch)}
      </span>
      <code>{shortId(pull.headSha)}</code>
      <span>
        opened <Age at={pull.createdAt} />
      </span>
      {pull.labels.length === 0 ? null : <span>{pull.labels.join(', ')}</span>}
    </span>
  )
}

function Checks({ pull }: { pull: PullRequestDetail }) {
  const now = useNow(1)
  return (
    <Section title="Checks" id="checks" count={pull.checks.length}>
      {pull.checks.length === 0 ? (
        <EmptyState title="Nothing has run on this commit">
          A workflow in .github/workflows with <code>on: pull_request</code> or <code>on: push</code> shows up here.
        </EmptyState>
      ) : (
        <ul>
          {pull.checks.map((check) => (
            <li key={check.id} className={css['row']}>
              <StateMark look={checkLook(check)} />
              <Link to="/pipelines/$run" params={{ run: check.id }} style={{ fontWeight: 500 }}>
                {check.name}
              </Link>
              <span className="dim">on {check.event.replaceAll('_', ' ')}</span>
              <span className="dim num">{durationBetween(check.startedAt, check.finishedAt, now) ?? ''}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
