import 'uplot/dist/uPlot.min.css'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { releaseStroke, resolveColour, seriesName } from './chart-palette.ts'
import css from './observe.module.css'

export interface DeployMarker {
  /** Instant in seconds. */
  at: number
  label: string
}

interface SeriesChartProps {
  label: string
  times: readonly number[]
  columns: readonly (readonly (number | null)[])[]
  names: readonly string[]
  markers: readonly DeployMarker[]
  format: (value: number) => string
  /** Counts have no ticks between whole numbers. */
  isWhole?: boolean
  /** A horizontal line, such as an objective. */
  threshold?: number | undefined
}

const wholeSteps = [1, 2, 5].flatMap((step) => Array.from({ length: 9 }, (_, power) => step * 10 ** power)).sort((a, b) => a - b)

/** Charts with this key share their cursor. */
const cursorKey = 'fairway-signals'

/** One measure over time, a line for each release; the cursor is shared with the other charts of the page. */
export function SeriesChart({ label, times, columns, names, markers, format, threshold, isWhole = false }: SeriesChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const scheme = useComputedColorScheme()
  useEffect(() => {
    const element = host.current
    if (element === null) return undefined
    const axis: uPlot.Axis = {
      stroke: resolveColour('var(--fw-dim)'),
      grid: { stroke: resolveColour('var(--fw-line)'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui',
    }
    const chart = new uPlot(
      {
        width: element.clientWidth,
        height: 180,
        padding: [8, 8, 0, 0],
        legend: { show: true, live: true },
        cursor: { sync: { key: cursorKey }, points: { size: 6 }, drag: { x: false, y: false } },
        scales: { y: { range: (_, __, max) => [0, Math.max(1, max ?? 1) * 1.1] } },
        axes: [
          { ...axis, space: 64, size: 32, values: (_, values) => values.map((value) => clock(value, times)) },
          { ...axis, size: 56, ...(isWhole ? { incrs: wholeSteps } : {}), values: (_, values) => values.map((value) => format(value)) },
        ],
        series: [
          { label: 'Time', value: (_, value) => (value === null ? '–' : new Date(value * 1000).toLocaleTimeString('en-GB')) },
          ...names.map((name, at) => {
            const { stroke, dash, width } = releaseStroke(at, names.length)
            return {
              label: seriesName(name),
              stroke: resolveColour(stroke),
              dash,
              width,
              // A value with nothing beside it is no line: it is drawn as a point.
              points: { show: false, size: 5, filter: (plot: uPlot, series: number) => lonelyValues(plot.data[series] ?? []) },
              value: (_: uPlot, value: number | null) => (value === null ? '–' : format(value)),
            }
          }),
        ],
        hooks: { draw: [(plot) => drawMarks(plot, markers, threshold)] },
      },
      [[...times], ...columns.map((column) => [...column])],
      element,
    )
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: 180 }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      chart.destroy()
    }
  }, [times, columns, names, markers, format, threshold, isWhole, scheme])
  return <div ref={host} className={css['chart']} role="img" aria-label={label} />
}

function lonelyValues(values: ArrayLike<number | null | undefined>): number[] {
  const isThere = (at: number): boolean => values[at] !== null && values[at] !== undefined
  return Array.from({ length: values.length }, (_, at) => at).filter((at) => isThere(at) && !isThere(at - 1) && !isThere(at + 1))
}

/** `21:40`, or the day where the chart spans more than one. */
function clock(second: number, times: readonly number[]): string {
  const date = new Date(second * 1000)
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0)
  return span > 2 * 86_400
    ? date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
    : date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}

function drawMarks(plot: uPlot, markers: readonly DeployMarker[], threshold: number | undefined): void {
  const { ctx, bbox } = plot
  ctx.save()
  ctx.lineWidth = 1
  ctx.setLineDash([4, 4])
  ctx.font = `${11 * devicePixelRatio}px system-ui`
  for (const marker of markers) {
    const x = Math.round(plot.valToPos(marker.at, 'x', true))
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.strokeStyle = resolveColour('var(--fw-blue-mark)')
    ctx.fillStyle = resolveColour('var(--fw-blue)')
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillText(marker.label, x + 4 * devicePixelRatio, bbox.top + 10 * devicePixelRatio)
  }
  if (threshold !== undefined) {
    const y = Math.round(plot.valToPos(threshold, 'y', true))
    ctx.strokeStyle = resolveColour('var(--fw-amber-mark)')
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
  }
  ctx.restore()
}
