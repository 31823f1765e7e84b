import { Menu, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api } from '../api/client.ts'
import { queries } from '../api/queries.ts'
import { entityHref } from '../format/reference.ts'
import { useLive } from '../live/live.tsx'
import { StateMark } from '../ui/state-mark.tsx'
import { forgetAnswers } from './query-client.ts'
import css from './shell.module.css'

const schemes: readonly { value: MantineColorScheme; title: string }[] = [
  { value: 'light', title: 'Light' },
  { value: 'dark', title: 'Dark' },
  { value: 'auto', title: 'As the system' },
]

/** Who is signed in, the theme, the keys and the way out; above it whether the page is live. */
export function PersonMenu({ onHelp }: { onHelp: () => void }) {
  const me = useQuery(queries.me()).data
  const client = useQueryClient()
  const navigate = useNavigate()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const name = me?.displayName ?? '…'
  const signOut = async (): Promise<void> => {
    await api.call('session.delete', {}).catch(() => undefined)
    client.clear()
    forgetAnswers()
    await navigate({ to: '/login' })
  }
  return (
    <>
      <LiveLine />
      <Menu position="top-start" width={200} shadow="md">
        <Menu.Target>
          <button type="button" className={css['person']}>
            <span className={css['initial']} aria-hidden="true">
              {name.slice(0, 1).toUpperCase()}
            </span>
            <span className="cut">{name}</span>
            <span className="sr">: account and theme</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {me === undefined ? null : <Menu.Item onClick={() => void navigate({ to: entityHref(me.principal, 'user') as '/' })}>{me.principal}</Menu.Item>}
          <Menu.Item onClick={() => void navigate({ to: '/settings' })}>Settings and tokens</Menu.Item>
          <Menu.Item onClick={onHelp} rightSection="?">
            Keys
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>Theme</Menu.Label>
          {schemes.map(({ value, title }) => (
            <Menu.Item key={value} onClick={() => setColorScheme(value)} rightSection={colorScheme === value ? '✓' : ''} aria-current={colorScheme === value}>
              {title}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  )
}

function LiveLine() {
  const live = useLive()
  return (
    <div className={css['live']}>
      {live === 'live' ? (
        <StateMark look={{ tone: 'green', shape: 'disc', word: 'Live' }} />
      ) : (
        <StateMark look={{ tone: 'grey', shape: 'ring', word: live === 'lost' ? 'Reconnecting' : 'Connecting' }} />
      )}
    </div>
  )
}
