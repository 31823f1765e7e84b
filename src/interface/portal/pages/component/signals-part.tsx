import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { queries } from '../../api/queries.ts'
import { formatCount, formatLatency, formatPercent } from '../../format/quantity.ts'
import { Facts } from '../../ui/facts.tsx'
import { useInSight } from '../../ui/in-sight.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { Sparkline } from '../../ui/sparkline.tsx'
import { timeRange } from '../observe/time-range.ts'
import { summarise } from '../observe/signals.ts'

/** The last hour in a line per environment; the charts are a page of their own. */
export function SignalsPart({ component, environments }: { component: string; environments: readonly string[] }) {
  const [ref, isSeen] = useInSight<HTMLDivElement>()
  return (
    <div ref={ref}>
      <Section
        title="Signals of the last hour"
        id="signals"
        actions={
          <Link to="/observe/$name" params={{ name: component }}>
            Charts, logs and traces
          </Link>
        }
      >
        {environments.length === 0 ? (
          <EmptyState title="No signals yet">Requests, errors and latency are measured at the ingress as soon as it runs somewhere.</EmptyState>
        ) : (
          <Facts
            items={environments.map((environment) => [
              environment,
              <Signals key={environment} component={component} environment={environment} isOn={isSeen} />,
            ])}
          />
        )}
      </Section>
    </div>
  )
}

function Signals({ component, environment, isOn }: { component: string; environment: string; isOn: boolean }) {
  const subject = { component, environment }
  const requests = useQuery({ ...queries.requests('1h', () => ({ ...subject, ...timeRange('1h', Date.now()) }), subject), enabled: isOn })
  return (
    <QueryView query={requests} what="requests" skeleton={<span className="dim">…</span>}>
      {(data) => {
        const sum = summarise(data)
        return (
          <span style={{ display: 'inline-flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px 16px' }} className="num">
            <Sparkline values={sum.perStep} label={`Requests in ${environment} over the last hour`} />
            <span>{formatCount(sum.requests)} requests</span>
            <span>{formatPercent(sum.errorRatio)} errors</span>
            <span>p95 {formatLatency(sum.p95Ms)}</span>
          </span>
        )
      }}
    </QueryView>
  )
}
