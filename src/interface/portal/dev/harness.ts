/// <reference types="node" />
import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { startDevServer, type DevServer } from './server.ts'
import { World, type WorldOptions } from './world.ts'

const executablePath = '/usr/bin/chromium'
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why tests in a browser can't run here; null when they can. */
export function whyNoBrowser(): string | null {
  return existsSync(executablePath) ? null : `no Chromium at ${executablePath}`
}

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath, args })
}

/** A browser page over a platform of its own. */
export interface Visit extends AsyncDisposable {
  page: Page
  context: BrowserContext
  world: World
  server: DevServer
  /** Errors that the page threw. */
  errors: string[]
}

export async function visit(browser: Browser, root: string, options: WorldOptions & { width?: number; colorScheme?: 'light' | 'dark' } = {}): Promise<Visit> {
  const world = new World(options)
  const server = await startDevServer({ world, root })
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.colorScheme ?? 'light',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(8000)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  return {
    page,
    context,
    world,
    server,
    errors,
    async [Symbol.asyncDispose]() {
      await context.close()
      await server[Symbol.asyncDispose]()
    },
  }
}
