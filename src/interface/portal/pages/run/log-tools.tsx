import { ActionIcon, Button, Switch, TextInput, Tooltip } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import type { LogLine } from '../../api/shapes.ts'
import { stripAnsi } from './ansi.ts'
import css from './run.module.css'

interface LogToolsProps {
  name: string
  lines: readonly LogLine[]
  text: string
  hits: number
  hit: number
  isWrapped: boolean
  isFollowing: boolean
  isLive: boolean
  onSearch: (text: string) => void
  onStep: (by: 1 | -1) => void
  onWrap: (isOn: boolean) => void
  onFollow: (isOn: boolean) => void
}

/** Search with next and previous, wrap, follow, download. */
export function LogTools({ name, lines, text, hits, hit, isWrapped, isFollowing, isLive, onSearch, onStep, onWrap, onFollow }: LogToolsProps) {
  return (
    <div className={css['tools']}>
      <TextInput
        aria-label="Search the log"
        placeholder="Search the log  /"
        data-filter
        w={220}
        value={text}
        onChange={(event) => onSearch(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1)
          if (event.key !== 'Escape') return
          onSearch('')
          event.currentTarget.blur()
        }}
      />
      <span className="num dim" role="status" style={{ minWidth: 56, fontSize: 13 }}>
        {text === '' ? '' : hits === 0 ? 'none' : `${hit + 1} of ${hits}`}
      </span>
      <Tooltip label="Previous hit (N)">
        <ActionIcon aria-label="Previous hit" disabled={hits === 0} onClick={() => onStep(-1)}>
          <IconChevronUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Next hit (n)">
        <ActionIcon aria-label="Next hit" disabled={hits === 0} onClick={() => onStep(1)}>
          <IconChevronDown size={18} />
        </ActionIcon>
      </Tooltip>
      <Switch label="Wrap" size="xs" checked={isWrapped} onChange={(event) => onWrap(event.currentTarget.checked)} />
      {isLive ? <Switch label="Follow" size="xs" checked={isFollowing} onChange={(event) => onFollow(event.currentTarget.checked)} /> : null}
      <Button variant="default" style={{ marginLeft: 'auto' }} onClick={() => download(`${name}.log`, lines)}>
        Download
      </Button>
    </div>
  )
}

function download(name: string, lines: readonly LogLine[]): void {
  const text = lines
    .filter((line) => line.group !== 'end')
    .map((line) => `${line.at} ${stripAnsi(line.text)}\n`)
    .join('')
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name.replaceAll(/[^\w.-]+/g, '-')
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
