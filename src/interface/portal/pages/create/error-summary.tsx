import type { Ref } from 'react'
import { plural } from '../../format/quantity.ts'
import { Strip } from '../../ui/notice.tsx'

/** A fault with the input that it is about; an empty id is about the whole form. */
export interface ShownFault {
  id: string
  title: string
  message: string
}

interface ErrorSummaryProps {
  ref: Ref<HTMLDivElement>
  faults: readonly ShownFault[]
  /** Brings the input into sight, before it is focused. */
  onOpen: (id: string) => void
}

/** All that is wrong, above the form; each line leads to its field. */
export function ErrorSummary({ ref, faults, onOpen }: ErrorSummaryProps) {
  return (
    <div ref={ref} tabIndex={-1}>
      {faults.length === 0 ? null : (
        <Strip tone="red" isAlert>
          <div>
            <strong>{plural(faults.length, 'field')} to correct</strong>
            <ul>
              {faults.map((fault) => (
                <li key={`${fault.id} ${fault.message}`}>
                  {fault.id === '' ? (
                    fault.message
                  ) : (
                    <>
                      <a
                        href={`#${fault.id}`}
                        style={{ textDecoration: 'underline' }}
                        onClick={(event) => {
                          event.preventDefault()
                          onOpen(fault.id)
                          requestAnimationFrame(() => focusOn(fault.id))
                        }}
                      >
                        {fault.title}
                      </a>
                      : {fault.message}
                    </>
                  )}
                </li>
              ))}
            </ul>
          </div>
        </Strip>
      )}
    </div>
  )
}

/** Focuses an input, or the nearest one around it that can be. */
function focusOn(id: string): void {
  const parts = id.split('-')
  while (parts.length > 1) {
    const found = document.getElementById(parts.join('-'))
    if (found !== null) return found.focus()
    parts.pop()
  }
}
