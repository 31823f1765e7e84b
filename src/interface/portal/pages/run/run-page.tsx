import { Button } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { Run } from '../../api/shapes.ts'
import { durationBetween } from '../../format/duration.ts'
import { formatSize } from '../../format/quantity.ts'
import { runName, shortId } from '../../format/reference.ts'
import { Age } from '../../ui/age.tsx'
import { useNow } from '../../ui/clock.ts'
import { EntityLink, RepositoryLink, Who } from '../../ui/links.tsx'
import { runLook } from '../../ui/looks.ts'
import { FaultNotice } from '../../ui/notice.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { QueryView, RowSkeletons } from '../../ui/query-view.tsx'
import { StateMark } from '../../ui/state-mark.tsx'
import { Annotations } from './annotations.tsx'
import { chooseJob } from './choose-job.ts'
import { JobGraph } from './job-graph.tsx'
import css from './run.module.css'

const route = getRouteApi('/app/pipelines/$run')
const JobLog = lazy(() => import('./job-log.tsx').then((module) => ({ default: module.JobLog })))

/** One run: jobs as a graph, the chosen job's log under it; the failing one is chosen by itself. */
export function RunPage() {
  const { run: id } = route.useParams()
  const query = useQuery(queries.run(id))
  const run = query.data
  return (
    <Page
      title={run === undefined ? 'Run' : `${runName(run)} #${run.number}`}
      above={<Link to="/pipelines">Pipelines</Link>}
      heading={
        run === undefined ? undefined : (
          <>
            {run.commitMessage.split('\n')[0]} <StateMark look={runLook(run.state, run.conclusion)} isBadge />
          </>
        )
      }
      about={run === undefined ? ' ' : <RunFacts run={run} />}
      actions={run === undefined ? undefined : <RunActions run={run} />}
    >
      <div role="status" className="sr">
        {run === undefined ? '' : `${runName(run)} #${run.number}: ${runLook(run.state, run.conclusion).word}`}
      </div>
      <QueryView query={query} what="run" skeleton={<RowSkeletons rows={10} />}>
        {(data) => <RunBody run={data} />}
      </QueryView>
    </Page>
  )
}

/** The release that the run led to. It is made a moment before the run itself tells of it. */
function useReleaseOf(run: Run): string | undefined {
  const isAwaited = run.conclusion === 'success' && run.release === null
  const newest = useQuery({ ...queries.releases({ limit: 20 }), enabled: isAwaited })
  return run.release ?? newest.data?.items.find((release) => release.runId === run.id)?.id
}

function RunFacts({ run }: { run: Run }) {
  const now = useNow(1)
  const release = useReleaseOf(run)
  return (
    <span className={css['facts']}>
      <span>
        {runName(run)} #{run.number}
      </span>
      {run.component === null ? null : <EntityLink of={run.component} />}
      <RepositoryLink repository={run.repository} />
      <PullRequestOf run={run} />
      <span>
        {run.event} on {run.branch} by <Who principal={run.actor} />
      </span>
      <code>{shortId(run.commit)}</code>
      <Age at={run.createdAt} />
      <span className="num">{durationBetween(run.startedAt, run.finishedAt, now) ?? ''}</span>
      {release === undefined ? null : (
        <Link to="/releases/$id" params={{ id: release }} style={{ textDecoration: 'underline' }}>
          Its release
        </Link>
      )}
    </span>
  )
}

/** The pull request that started the run. */
function PullRequestOf({ run }: { run: Run }) {
  const number = /^(?:refs\/pull\/)?(\d+)\/merge$/.exec(run.branch)?.[1]
  const [owner, name] = run.repository.split('/')
  if (run.event !== 'pull_request' || number === undefined || owner === undefined || name === undefined) return null
  return (
    <Link to="/repositories/$owner/$name/pull-requests/$number" params={{ owner, name, number }} style={{ textDecoration: 'underline' }}>
      Pull request #{number}
    </Link>
  )
}

function RunActions({ run }: { run: Run }) {
  const client = useQueryClient()
  const navigate = route.useNavigate()
  const isEnded = run.state === 'completed'
  const act = useMutation({
    mutationFn: () => api.call(isEnded ? 'runs.rerun' : 'runs.cancel', { params: { id: run.id } }),
    onSuccess: (next) => {
      client.setQueryData(queries.run(next.id).queryKey, next)
      void client.invalidateQueries({ queryKey: ['runs'] })
      if (next.id !== run.id) void navigate({ to: '/pipelines/$run', params: { run: next.id } })
    },
  })
  return (
    <>
      <Button variant="default" loading={act.isPending} onClick={() => act.mutate()}>
        {isEnded ? 'Run again' : 'Cancel this run'}
      </Button>
      {act.error === null ? null : <FaultNotice error={act.error} what="run" />}
    </>
  )
}

function RunBody({ run }: { run: Run }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const job = run.jobs.find((each) => each.id === search.job) ?? chooseJob(run.jobs)
  return (
    <>
      <Section title="Jobs" id="jobs" count={run.jobs.length}>
        {run.jobs.length === 0 ? (
          <p className="dim">{run.state === 'completed' ? 'It ended before a job began.' : 'Its jobs are not known yet.'}</p>
        ) : (
          <JobGraph jobs={run.jobs} chosen={job?.id} onChoose={(id) => void navigate({ search: { job: id }, replace: true, resetScroll: false })} />
        )}
      </Section>
      <Annotations own={run.annotations} jobs={run.jobs} />
      {job === undefined ? null : (
        <Section title={`Log of ${job.name}`} id="log">
          <Suspense fallback={<RowSkeletons rows={12} height={20} />}>
            <JobLog key={job.id} run={run.id} job={job} line={search.line} to={search.to} />
          </Suspense>
        </Section>
      )}
      {run.artifacts.length === 0 ? null : (
        <Section title="Artifacts" id="artifacts" count={run.artifacts.length}>
          <ul>
            {run.artifacts.map((artifact) => (
              <li key={artifact.name} style={{ display: 'flex', gap: 16, padding: '4px 0', fontSize: 13 }}>
                <span>{artifact.name}</span>
                <span className="dim num">{formatSize(artifact.sizeBytes)}</span>
                {artifact.digest === undefined ? null : <code className="dim">{shortId(artifact.digest)}</code>}
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}
