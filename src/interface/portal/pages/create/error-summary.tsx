import type { Ref } from 'react'
import type { FieldFault } from '../../api/shapes.ts'
import { plural } from '../../format/quantity.ts'
import { Strip } from '../../ui/notice.tsx'
import type { FieldGroup } from './form-schema.ts'

interface ErrorSummaryProps {
  ref: Ref<HTMLDivElement>
  faults: readonly FieldFault[]
  groups: readonly FieldGroup[]
}

/** All that is wrong, above the form; each line leads to its field. */
export function ErrorSummary({ ref, faults, groups }: ErrorSummaryProps) {
  const titles = new Map(groups.flatMap((group) => group.fields).map((field) => [field.name, field.schema.title ?? field.name]))
  return (
    <div ref={ref} tabIndex={-1}>
      {faults.length === 0 ? null : (
        <Strip tone="red" isAlert>
          <div>
            <strong>{plural(faults.length, 'field')} to correct</strong>
            <ul>
              {faults.map((fault) => (
                <li key={fault.field}>
                  <a
                    href={`#field-${fault.field}`}
                    style={{ textDecoration: 'underline' }}
                    onClick={(event) => {
                      event.preventDefault()
                      document.getElementById(`field-${fault.field}`)?.focus()
                    }}
                  >
                    {titles.get(fault.field)}
                  </a>
                  : {fault.message}
                </li>
              ))}
            </ul>
          </div>
        </Strip>
      )}
    </div>
  )
}
