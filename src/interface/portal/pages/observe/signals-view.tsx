import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { queries } from '../../api/queries.ts'
import type { RequestSeries } from '../../api/shapes.ts'
import { formatCount, formatLatency, formatPercent, plural } from '../../format/quantity.ts'
import { versionLabel } from '../../format/reference.ts'
import { EmptyState } from '../../ui/notice.tsx'
import { QueryView } from '../../ui/query-view.tsx'
import { ChartTable } from './chart-table.tsx'
import css from './observe.module.css'
import { SeriesChart, type DeployMarker } from './series-chart.tsx'
import { chartColumns, summarise, type Measure } from './signals.ts'
import { timeRange, type RangeName } from './time-range.ts'

const measures: readonly { measure: Measure; title: string; format: (value: number) => string }[] = [
  { measure: 'requests', title: 'Requests', format: (value) => formatCount(Math.round(value)) },
  { measure: 'errors', title: 'Errors', format: (value) => formatCount(Math.round(value)) },
  { measure: 'p95Ms', title: 'Latency, 95th percentile', format: (value) => formatLatency(value) },
]

/** Requests, errors and latency, a line for each release, with markers where a release came. */
export function SignalsView({ component, environment, range }: { component: string; environment: string; range: RangeName }) {
  const subject = { component, environment }
  const requests = useQuery(queries.requests(range, () => ({ ...subject, ...timeRange(range, Date.now()) }), subject))
  const changes = useQuery(queries.changes({ component, environment, limit: 20 }))
  const markers = useMemo(
    (): DeployMarker[] =>
      (changes.data?.items ?? []).flatMap((change) =>
        change.startedAt === null || change.release === undefined
          ? []
          : [{ at: Date.parse(change.startedAt) / 1000, label: versionLabel(change.release.version) }],
      ),
    [changes.data],
  )
  return (
    <QueryView query={requests} what="requests" skeleton={<div style={{ minHeight: 560 }} aria-busy="true" />}>
      {(data) =>
        data.series.length === 0 ? (
          <EmptyState title="No request in this time">
            Choose a longer range, or another environment. What has no traffic has no signal, which is not the same as being well.
          </EmptyState>
        ) : (
          <Charts data={data} markers={markers} />
        )
      }
    </QueryView>
  )
}

function Charts({ data, markers }: { data: RequestSeries; markers: readonly DeployMarker[] }) {
  const sum = useMemo(() => summarise(data), [data])
  const names = useMemo(() => data.series.map((each) => versionLabel(each.version)), [data])
  const charts = useMemo(() => measures.map((each) => ({ ...each, ...chartColumns(data, each.measure) })), [data])
  const totals: Record<Measure, string> = {
    requests: plural(sum.requests, 'request'),
    errors: `${formatPercent(sum.errorRatio)} of requests`,
    p95Ms: `worst ${formatLatency(sum.p95Ms)}`,
  }
  return (
    <div className={css['charts']}>
      {charts.map((chart) => (
        <figure key={chart.measure} aria-label={chart.title}>
          <figcaption className={css['chartTitle']}>
            <span>{chart.title}</span>
            <span className="dim num" style={{ fontWeight: 400 }}>
              {totals[chart.measure]}
            </span>
          </figcaption>
          <SeriesChart
            label={`${chart.title} over time: ${totals[chart.measure]}`}
            times={chart.times}
            columns={chart.columns}
            names={names}
            markers={markers}
            format={chart.format}
            isWhole={chart.measure !== 'p95Ms'}
          />
          <ChartTable times={chart.times} columns={chart.columns} names={names} format={chart.format} title={chart.title} />
        </figure>
      ))}
    </div>
  )
}
