import { Button, Popover, TextInput } from '@mantine/core'
import { useState, type ReactNode } from 'react'
import { formatExact } from '../../format/duration.ts'
import { Strip } from '../../ui/notice.tsx'
import { instantOf, localOf } from './as-of-time.ts'

interface AsOfProps {
  value: string | undefined
  onChange: (asOf: string | undefined) => void
}

/** Asks for a time, to see the entity as it was then. */
export function AsOfPicker({ value, onChange }: AsOfProps) {
  const [isOpen, setOpen] = useState(false)
  const [text, setText] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          aria-expanded={isOpen}
          onClick={() => {
            setText(localOf(value ?? new Date().toISOString()))
            setFault(null)
            setOpen(!isOpen)
          }}
        >
          As it was on…
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="As it was on">
        <form
          style={{ display: 'flex', gap: 8, alignItems: 'end' }}
          onSubmit={(event) => {
            event.preventDefault()
            const instant = instantOf(text, Date.now())
            if (instant === undefined) return setFault('A time that has passed')
            setOpen(false)
            onChange(instant)
          }}
        >
          <TextInput
            label="Day and time"
            description="In your time zone"
            type="datetime-local"
            value={text}
            error={fault}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit">Show it</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}

/** Says that everything below is of another day, and leads back. */
export function AsOfBanner({ asOf, onChange, children }: { asOf: string; onChange: (asOf: undefined) => void; children?: ReactNode }) {
  return (
    <Strip tone="blue">
      This is how it was on <strong>{formatExact(asOf)}</strong>, not how it is now. {children}{' '}
      <Button variant="default" size="compact-xs" onClick={() => onChange(undefined)}>
        Back to now
      </Button>
    </Strip>
  )
}
