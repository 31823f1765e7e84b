import { TextInput } from '@mantine/core'
import { useEffect, useState, type ReactNode } from 'react'
import css from './filters.module.css'

interface ChoiceProps {
  label: string
  value: string
  choices: readonly { value: string; title: ReactNode }[]
  onChange: (value: string) => void
}

/** One of a few, as a row of buttons; scrolls sideways where it is narrow. */
export function Choice({ label, value, choices, onChange }: ChoiceProps) {
  return (
    <div role="group" aria-label={label} className={css['tabs']}>
      {choices.map((choice) => (
        <button key={choice.value} type="button" className={css['tab']} aria-pressed={choice.value === value} onClick={() => onChange(choice.value)}>
          {choice.title}
        </button>
      ))}
    </div>
  )
}

/** The row above a list that holds its filters. */
export function FilterBar({ children }: { children: ReactNode }) {
  return <div className={css['bar']}>{children}</div>
}

interface FilterInputProps {
  label: string
  value: string
  placeholder?: string
  /** Called at once with each key; the address is written behind it. */
  onChange: (value: string) => void
  delayMs?: number
}

/** A text filter: `/` goes there, `escape` empties and leaves it. */
export function FilterInput({ label, value, placeholder, onChange, delayMs = 0 }: FilterInputProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (delayMs === 0 || text === value) return undefined
    const timer = setTimeout(() => onChange(text), delayMs)
    return () => clearTimeout(timer)
  }, [text, value, delayMs, onChange])
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder ?? `${label}  /`}
      value={delayMs === 0 ? value : text}
      data-filter
      w={260}
      maw="100%"
      onChange={(event) => {
        if (delayMs === 0) onChange(event.currentTarget.value)
        else setText(event.currentTarget.value)
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        onChange('')
        setText('')
        event.currentTarget.blur()
      }}
    />
  )
}
