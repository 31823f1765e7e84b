import { ActionIcon, Drawer } from '@mantine/core'
import { IconMenu2, IconSearch } from '@tabler/icons-react'
import { Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useRef, useState, type ReactNode } from 'react'
import { LiveProvider } from '../live/live.tsx'
import { Brand } from './brand.tsx'
import { ConnectionBanner } from './connection-banner.tsx'
import { useGlobalKeys } from './global-keys.ts'
import { PersonMenu } from './person-menu.tsx'
import { RailNav } from './rail-nav.tsx'
import css from './shell.module.css'

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })))
const KeyHelp = lazy(() => import('./key-help.tsx').then((module) => ({ default: module.KeyHelp })))

type Overlay = 'none' | 'palette' | 'help' | 'nav'

/** The frame around every page: navigation, palette, keys, the live stream and what it says about the connection. */
export function Shell({ children }: { children?: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay>('none')
  const close = useCallback(() => setOverlay('none'), [])
  const openPalette = useCallback(() => setOverlay('palette'), [])
  const openHelp = useCallback(() => setOverlay('help'), [])
  useGlobalKeys({ palette: openPalette, help: openHelp })
  const main = useFocusOnNewPage(close)
  return (
    <LiveProvider>
      <a className={css['skip']} href="#main">
        Skip to the page
      </a>
      <div className={css['shell']}>
        <header className={css['rail']}>
          <Brand />
          <FindButton onClick={openPalette} />
          <RailNav label="Main" />
          <div className={css['foot']}>
            <PersonMenu onHelp={openHelp} />
          </div>
        </header>
        <header className={css['top']}>
          <ActionIcon size={40} aria-label="Open the navigation" aria-expanded={overlay === 'nav'} onClick={() => setOverlay('nav')}>
            <IconMenu2 size={20} />
          </ActionIcon>
          <Brand />
          <ActionIcon size={40} aria-label="Search and commands" onClick={openPalette}>
            <IconSearch size={20} />
          </ActionIcon>
        </header>
        <main className={css['main']} id="main" tabIndex={-1} ref={main}>
          <ConnectionBanner />
          {children ?? <Outlet />}
        </main>
      </div>
      <Drawer opened={overlay === 'nav'} onClose={close} size={280} title="Fairway" closeButtonProps={{ 'aria-label': 'Close the navigation' }}>
        <div className={css['sheet']}>
          <RailNav label="Main, as a sheet" />
          <div className={css['foot']}>
            <PersonMenu onHelp={openHelp} />
          </div>
        </div>
      </Drawer>
      <Suspense>
        {overlay === 'palette' ? <Palette onClose={close} onHelp={openHelp} /> : null}
        {overlay === 'help' ? <KeyHelp onClose={close} /> : null}
      </Suspense>
    </LiveProvider>
  )
}

function FindButton({ onClick }: { onClick: () => void }) {
  return (
    <button type="button" className={css['find']} onClick={onClick} aria-keyshortcuts="Control+K Meta+K">
      <IconSearch size={16} aria-hidden="true" />
      Search or do
      <kbd aria-hidden="true">Ctrl K</kbd>
    </button>
  )
}

/** After a move to another page, keyboards and screen readers start at its top; the sheet closes. */
function useFocusOnNewPage(close: () => void) {
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: (state) => state.location.pathname })
  const last = useRef(path)
  useEffect(() => {
    if (last.current === path) return
    last.current = path
    close()
    if (document.activeElement === document.body || document.activeElement?.closest('nav') !== null) main.current?.focus({ preventScroll: true })
  }, [path, close])
  return main
}
