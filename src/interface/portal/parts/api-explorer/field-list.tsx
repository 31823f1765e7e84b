import { useState } from 'react'
import type { Field } from './api-document.ts'
import css from './api-explorer.module.css'

/** Fields with their types; what a field holds is read and drawn when it is unfolded, however deep that goes. */
export function FieldList({ fields, label }: { fields: readonly Field[]; label: string }) {
  return (
    <ul className={css['fields']} aria-label={label}>
      {fields.map((field, at) => (
        // oxlint-disable-next-line react/no-array-index-key -- alternatives may share a name
        <li key={`${field.name}${at}`}>
          <FieldLine field={field} />
        </li>
      ))}
    </ul>
  )
}

function FieldLine({ field }: { field: Field }) {
  const [isOpen, setOpen] = useState(false)
  const line = (
    <>
      <code className={field.isDeprecated === true ? css['old'] : undefined}>{field.name}</code> <span className={css['type']}>{field.type}</span>
      {field.isRequired ? <span className={css['note']}>required</span> : null}
      {field.isDeprecated === true ? <span className={css['note']}>deprecated</span> : null}
    </>
  )
  const more = (
    <>
      {field.notes.length === 0 ? null : <p className="dim">{field.notes.join(' · ')}</p>}
      {field.description === '' ? null : <p>{field.description}</p>}
    </>
  )
  if (field.children === null) {
    return (
      <div className={css['field']}>
        <div>{line}</div>
        {more}
      </div>
    )
  }
  return (
    <div className={css['field']}>
      <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{line}</summary>
        {isOpen ? <FieldList fields={field.children()} label={field.name} /> : null}
      </details>
      {more}
    </div>
  )
}
