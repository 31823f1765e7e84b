import { ActionIcon, Tooltip } from '@mantine/core'
import { IconMaximize, IconMinus, IconPlus } from '@tabler/icons-react'
import css from './graph.module.css'

/** Nearer, further, all of it. */
export function ZoomTools({ onZoom, onFit }: { onZoom: (factor: number) => void; onFit: () => void }) {
  return (
    <div className={css['tools']} role="group" aria-label="Zoom">
      <Tooltip label="Zoom in (+)">
        <ActionIcon aria-label="Zoom in" onClick={() => onZoom(1.3)}>
          <IconPlus size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Zoom out (−)">
        <ActionIcon aria-label="Zoom out" onClick={() => onZoom(1 / 1.3)}>
          <IconMinus size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Show all (0)">
        <ActionIcon aria-label="Show all" onClick={onFit}>
          <IconMaximize size={16} />
        </ActionIcon>
      </Tooltip>
    </div>
  )
}
