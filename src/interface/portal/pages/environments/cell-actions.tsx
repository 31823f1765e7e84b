import { Button, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useRef } from 'react'
import type { Intent } from '../../parts/promote/intent.ts'
import css from './environments.module.css'

interface CellActionsProps {
  component: string
  environment: string
  isThere: boolean
  /** The environment that this release would go to next, when it is not there yet. */
  promoteTo: string | undefined
  /** New releases come here first: the newest can be deployed. */
  isFirst: boolean
  onIntent: (intent: Intent) => void
}

interface Action {
  title: string
  /** The title with what it is done to, for those who don't see the table around it. */
  label: string
  intent: Intent
}

/** What can be done in a cell. The way on stands first; where there are three things, the other two are in a menu. */
export function CellActions({ component, environment, isThere, promoteTo, isFirst, onIntent }: CellActionsProps) {
  const deploy: Action = {
    title: 'Deploy newest',
    label: `Deploy newest: ${component} to ${environment}`,
    intent: { kind: 'deploy', component, environment },
  }
  const rollBack: Action = {
    title: 'Roll back',
    label: `Roll back: ${component} in ${environment}`,
    intent: { kind: 'rollback', component, environment },
  }
  const others = [...(isFirst ? [deploy] : []), ...(isThere ? [rollBack] : [])]
  if (promoteTo === undefined && others.length === 0) return null
  const isCrowded = promoteTo !== undefined && others.length > 1
  return (
    <div className={css['acts']}>
      {promoteTo === undefined ? null : (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`Promote to ${promoteTo}: ${component} from ${environment}`}
          onClick={() => onIntent({ kind: 'promote', component, from: environment, to: promoteTo })}
        >
          Promote to {promoteTo}
        </Button>
      )}
      {isCrowded ? (
        <MoreActions label={`More: ${component} in ${environment}`} actions={others} onIntent={onIntent} />
      ) : (
        others.map(({ title, label, intent }) => (
          <Button
            key={title}
            variant={isThere ? 'subtle' : 'default'}
            size="compact-xs"
            className={isThere ? (css['quiet'] ?? '') : ''}
            aria-label={label}
            onClick={() => onIntent(intent)}
          >
            {title}
          </Button>
        ))
      )}
    </div>
  )
}

function MoreActions({ label, actions, onIntent }: { label: string; actions: readonly Action[]; onIntent: (intent: Intent) => void }) {
  const target = useRef<HTMLButtonElement>(null)
  const choose = (intent: Intent): void => {
    target.current?.focus() // the item goes with its menu; what opens now gives the focus back to what stays
    onIntent(intent)
  }
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <Button ref={target} variant="subtle" size="compact-xs" className={css['quiet'] ?? ''} aria-label={label}>
          <IconDots size={16} aria-hidden="true" />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(({ title, label, intent }) => (
          <Menu.Item key={title} aria-label={label} onClick={() => choose(intent)}>
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
