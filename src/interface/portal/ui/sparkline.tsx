interface SparklineProps {
  values: readonly number[]
  label: string
  width?: number
  height?: number
  tone?: string
}

/** A line without axes, for a table cell; its label says in words what it shows. */
export function Sparkline({ values, label, width = 120, height = 24, tone = 'var(--fw-dim)' }: SparklineProps) {
  const top = Math.max(1, ...values)
  const step = values.length > 1 ? width / (values.length - 1) : width
  const points = values.map((value, at) => `${(at * step).toFixed(1)},${(height - 2 - (value / top) * (height - 4)).toFixed(1)}`).join(' ')
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} style={{ display: 'block' }}>
      {values.length > 1 ? (
        <polyline points={points} fill="none" stroke={tone} strokeWidth="1.5" strokeLinejoin="round" />
      ) : (
        <path d={`M0 ${height - 2}H${width}`} stroke="var(--fw-line)" strokeDasharray="2 3" />
      )}
    </svg>
  )
}
