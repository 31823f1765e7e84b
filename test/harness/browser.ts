import { existsSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The machine's Chromium, or why tests in a browser can't run here. Use: `describe.skipIf(findChromium().file === undefined)`. */
export function findChromium(): { file: string; reason?: undefined } | { file?: undefined; reason: string } {
  if (existsSync(CHROMIUM)) return { file: CHROMIUM }
  const reason = `${CHROMIUM} is not there: \`apt-get install chromium\` installs it`
  if (process.env['TEST_REAL'] === '1') throw new Error(reason)
  return { reason }
}

/** Starts Chromium without a window. */
export async function startBrowser(): Promise<Browser> {
  const found = findChromium()
  if (found.file === undefined) throw new Error(found.reason)
  // Loaded when it is needed: most tests have no browser.
  const { chromium } = await import('playwright-core')
  return await chromium.launch({ executablePath: found.file, args: FLAGS })
}

export interface Visitor {
  context: BrowserContext
  page: Page
  /** What went wrong in the browser so far: errors on the console, uncaught ones, refused and failed requests. Emptied by `takeProblems`. */
  problems: string[]
  takeProblems(): string[]
}

export interface VisitorOptions {
  /** Origin that addresses like `/catalog` are relative to. */
  baseURL: string
  width?: number
  colorScheme?: 'light' | 'dark'
}

/** A person with a browser of their own: cookies, storage, one tab. */
export async function openVisitor(browser: Browser, { baseURL, width = 1280, colorScheme = 'light' }: VisitorOptions): Promise<Visitor> {
  const context = await browser.newContext({ baseURL, viewport: { width, height: width < 500 ? 844 : 900 }, colorScheme, reducedMotion: 'reduce' })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.stack ?? error.message}`))
  // "Failed to load resource" is told better below, with its address and status.
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !message.text().startsWith('Failed to load resource'))
      problems.push(`${page.url()}: console: ${message.text()}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${page.url()}: ${response.request().method()} ${response.url()} answered ${response.status()}`)
  })
  // Leaving a page aborts what it was still asking for; that is no failure.
  page.on('requestfailed', (request) => {
    const error = request.failure()?.errorText ?? ''
    if (error !== 'net::ERR_ABORTED') problems.push(`${page.url()}: ${request.method()} ${request.url()} failed: ${error}`)
  })
  return { context, page, problems, takeProblems: () => problems.splice(0) }
}

/** How many pixels the page is wider than its window: 0 when nobody has to scroll sideways. */
export async function overflowOf(page: Page): Promise<number> {
  return await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
}

const SCROLL_THROUGH = `(async () => {
  for (let y = 0; y < document.body.scrollHeight; y += 500) {
    scrollTo(0, y)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  scrollTo(0, 0)
})()`

/** Waits until the page has its heading, and all its parts are loaded: those too that only load when they come in sight. */
export async function pageSettled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  const deadline = Date.now() + 15_000
  for (;;) {
    await page.evaluate(SCROLL_THROUGH)
    const loading = await page.locator('[aria-busy="true"]').count()
    if (loading === 0) return
    if (Date.now() > deadline) throw new Error(`${page.url()} is still loading ${loading} of its parts`)
  }
}

/** Changes what the system asks for, and waits until the page is painted so. */
export async function switchTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme })
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: 'attached' })
  await page.evaluate('Promise.all(document.getAnimations().map((each) => each.finished.catch(() => {})))')
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
}
