import type { MatrixCell } from '../../api/shapes.ts'
import { versionLabel } from '../../format/reference.ts'
import css from './environments.module.css'

/** How requests are split between releases, in words and as a bar; nothing while all go to one. */
export function Traffic({ traffic }: { traffic: MatrixCell['traffic'] }) {
  const parts = traffic.filter((part) => part.weight > 0)
  if (parts.length < 2) return null
  return (
    <div>
      <div className={css['split']} aria-hidden="true">
        {parts.map((part) => (
          <span key={part.release} style={{ flexGrow: part.weight }} />
        ))}
      </div>
      <div className={`${css['small']} num`}>{parts.map((part) => `${versionLabel(part.version)} ${part.weight}%`).join(' · ')}</div>
    </div>
  )
}
