import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import type { Settings } from '#kernel/node/config'
import type { Logger } from '#kernel/node/log'
import { stopWithin } from '#kernel/node/lifecycle'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#kernel/node/postgres'
import { claimDataFolder } from './data-folder.ts'
import { assertPortFree } from './free-port.ts'
import { useWhenStarted } from './use-when-started.ts'

export interface Platform extends AsyncDisposable {
  /** Of API and portal, e.g. `http://127.0.0.1:7007`. */
  url: string
  ingressUrl: string
  /** A one-time link that signs the administrator in to the portal. */
  loginLink(): Promise<string>
}

/** Longest that a stop may take before the process ends anyway. */
const STOP_BUDGET_MS = 30_000

/**
 * Starts the whole platform on its data folder, and answers when it is ready for work.
 * Disposing stops all of it, workloads included; the next start brings them back.
 * @throws what is wrong with settings, data folder, ports or database, in words for the operator.
 */
export async function startPlatform(options: { settings: Settings; checkout: string; log: Logger }): Promise<Platform> {
  const { settings, log } = options
  const stack = new AsyncDisposableStack()
  try {
    const claim = claimDataFolder(settings.dataDir)
    stack.defer(() => claim[Symbol.dispose]())
    await assertPortFree(settings.host, settings.port, 'FAIRWAY_PORT')
    await assertPortFree(settings.host, settings.ingressPort, 'FAIRWAY_INGRESS_PORT')
    // The folder is ours alone now: what lies here was left half-made by a platform that was killed.
    const tmp = path.join(settings.dataDir, 'tmp')
    rmSync(tmp, { recursive: true, force: true })
    mkdirSync(tmp, { recursive: true, mode: 0o700 })
    // The database comes up while the rest of the code is loaded: this module imports little, so that it is asked for early.
    const [server, { layFoundation }, { assemble }] = await Promise.all([
      databaseServer(settings, log, stack),
      import('./foundation.ts'),
      import('./assemble.ts'),
    ])
    const base = await layFoundation({ ...options, server, stack })
    const assembled = await assemble(base, stack)
    claim.publish(assembled)
    log.info('ready', { url: assembled.url })
    return {
      ...assembled,
      [Symbol.asyncDispose]: async () => {
        log.info('stopping')
        if (!(await stopWithin(stack, STOP_BUDGET_MS))) log.error('not everything stopped in time')
      },
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** The embedded server; or the one of DATABASE_URL, which is not ours to stop. */
async function databaseServer(settings: Settings, log: Logger, stack: AsyncDisposableStack): Promise<EmbeddedPostgres | { url: string }> {
  if (settings.databaseUrl !== undefined) return { url: settings.databaseUrl }
  return await useWhenStarted(stack, startEmbeddedPostgres({ dataDir: settings.dataDir, log }))
}
