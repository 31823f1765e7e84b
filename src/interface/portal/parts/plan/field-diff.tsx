import type { FieldChange } from '../../api/shapes.ts'
import css from './plan.module.css'

/** What an action changes, field by field: before and after, the unknown and the hidden marked as such. */
export function FieldDiff({ changes }: { changes: readonly FieldChange[] }) {
  return (
    <div className={css['diff']}>
      <table>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {changes.map((change) => (
            <tr key={change.path}>
              <th scope="row">{change.path}</th>
              <td>{change.isSensitive === true ? 'hidden' : show(change.before)}</td>
              <td className={css['after']}>{change.isSensitive === true ? 'hidden' : change.isUnknown === true ? 'known after apply' : show(change.after)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function show(value: FieldChange['before']): string {
  if (value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
