import { useRef, useState } from 'react'
import css from './interop.module.css'

/** Takes files by drop, or by the browser's own dialog. */
export function DropZone({ label, onFiles }: { label: string; onFiles: (files: File[]) => void }) {
  const [isOver, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  return (
    <label
      className={css['drop']}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        onFiles([...event.dataTransfer.files])
      }}
    >
      <span>{label}</span>
      <span className="dim">Drop them here, or choose them</span>
      <input
        ref={input}
        type="file"
        multiple
        accept=".yaml,.yml,.json,.csv,.md"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])])
          if (input.current !== null) input.current.value = ''
        }}
      />
    </label>
  )
}
