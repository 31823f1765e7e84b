import './styles.ts'
import { MantineProvider } from '@mantine/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { whenUnauthenticated } from '../api/client.ts'
import { createQueryClient, keepAnswers, restoreAnswers } from './query-client.ts'
import { createPortalRouter } from './router.tsx'
import { cssVariables, theme } from './theme.ts'

const client = createQueryClient()
restoreAnswers(client)
window.addEventListener('pagehide', () => keepAnswers(client))
const router = createPortalRouter(client)

whenUnauthenticated(() => {
  const { pathname, searchStr, hash } = router.state.location
  if (pathname === '/login') return
  const next = `${pathname}${searchStr}${hash === '' ? '' : `#${hash}`}`
  void router.navigate({ to: '/login', search: next === '/' ? {} : { next } })
})

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  )
}
