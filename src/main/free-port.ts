import { createServer } from 'node:net'

/**
 * Looks whether a port may be bound, before anything slow begins: who starts with a taken port hears it at once. 0 is always free.
 * @throws `kernel.http.port_taken` with `setting` to change.
 */
export async function assertPortFree(host: string, port: number, setting: string): Promise<void> {
  if (port === 0) return
  const server = createServer()
  const code = await new Promise<string | undefined>((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
  if (code !== 'EADDRINUSE') return // anything else is told by whoever binds it in earnest
  const { httpFaults } = await import('#kernel/node/http')
  throw httpFaults.port_taken({ port, host, setting })
}
