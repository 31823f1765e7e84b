/// <reference types="node" />
import { mkdirSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { startDevServer } from './server.ts'
import { World } from './world.ts'

// node src/interface/portal/dev/shots.ts [name-part…]: pictures of pages at three widths in both themes, to be looked at.
const folder = process.env['SHOTS'] ?? '/tmp/portal-shots'
const only = process.argv.slice(2).filter((each) => !each.startsWith('--'))
const widths = process.argv.includes('--wide') ? [1280] : [390, 1280, 1920]
const schemes = process.argv.includes('--light') ? (['light'] as const) : (['light', 'dark'] as const)
const pages: [string, string][] = [
  ['login', '/login'],
  ['login-used', '/login?code=used'],
  ['home', '/'],
  ['catalog', '/catalog'],
  ['catalog-none', '/catalog?q=zzz'],
  ['catalog-problems', '/catalog?show=problems&columns=kind,owner,problems'],
  ['locations', '/catalog/locations'],
  ['graph-entity', '/graph?root=component:default/orders'],
  ['graph-filter', '/graph'],
  ['graph-list', '/graph?root=component:default/orders&as=list'],
  ['component', '/components/orders'],
  ['entity', '/entities/group/default/payments'],
  ['entity-orphan', '/components/storefront'],
  ['entity-past', '/entities/group/default/payments?asOf=2026-10-01T08%3A00%3A00.000Z'],
  ['api-openapi', '/entities/api/default/orders-api'],
  ['api-asyncapi', '/entities/api/default/orders-asyncapi'],
  ['api-graphql', '/entities/api/default/orders-graphql'],
  ['api-grpc', '/entities/api/default/orders-grpc'],
  ['api-mcp', '/entities/api/default/orders-mcp'],
  ['editor', '/repositories/acme/orders/edit?file=catalog-info.yaml'],
  ['docs', '/docs/component/default/orders'],
  ['docs-found', '/docs/component/default/orders?q=orders'],
  ['docs-none', '/docs/component/default/ledger'],
  ['create', '/create'],
  ['template', '/create/default/node-service-postgres'],
  ['everything', '/create/default/everything'],
  ['campaigns', '/campaigns'],
  ['campaign-one', '/campaigns/chg_campaign'],
  ['interop-import', '/platform/interop'],
  ['interop-export', '/platform/interop?do=export'],
  ['interop-adopt', '/platform/interop?do=adopt'],
  ['environments', '/environments'],
  ['compare', '/environments?compare=staging..production'],
  ['changes', '/changes'],
  ['change-waits', '/changes/chg_waits'],
  ['change-danger', '/changes/chg_danger'],
  ['change-canary', '/changes/chg_canary'],
  ['change-back', '/changes/chg_back'],
  ['approvals', '/approvals'],
  ['pipelines', '/pipelines'],
  ['run-red', '/pipelines/run_red'],
  ['run-live', '/pipelines/run_live'],
  ['observe', '/observe'],
  ['signals', '/observe/orders'],
  ['logs', '/observe/orders?view=logs'],
  ['traces', '/observe/orders?view=traces&trace=0123456789abcdef0123456789abcdef'],
  ['release', '/releases/rel_orders_10'],
  ['repositories', '/repositories'],
  ['repository', '/repositories/acme/orders'],
  ['file', '/repositories/acme/orders?file=src%2Fserver.js'],
  ['pulls', '/repositories/acme/orders?view=pulls'],
  ['branches', '/repositories/acme/orders?view=branches'],
  ['commits', '/repositories/acme/orders?view=commits'],
  ['pull-open', '/repositories/acme/orders/pull-requests/7'],
  ['pull-conflict', '/repositories/acme/orders/pull-requests/6'],
  ['pull-merged', '/repositories/acme/orders/pull-requests/5'],
  ['cloud', '/cloud'],
  ['activity', '/activity'],
  ['settings', '/settings'],
  ['nothing', '/nowhere'],
]
mkdirSync(folder, { recursive: true })
const root = process.env['PORTAL_DIST'] ?? new URL('../../../../dist/portal', import.meta.url).pathname
await using server = await startDevServer({ world: new World({ isEmpty: process.argv.includes('--empty') }), root })
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
for (const colorScheme of schemes) {
  for (const width of widths) {
    const context = await browser.newContext({ viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme, reducedMotion: 'reduce' })
    const page = await context.newPage()
    page.on('pageerror', (error) => console.log(`! ${page.url()}: ${error.message}`))
    page.on('console', (message) => message.type() === 'error' && console.log(`! ${page.url()}: ${message.text()}`))
    for (const [name, path] of pages.filter(([name]) => only.length === 0 || only.some((part) => name.includes(part)))) {
      await page.goto(server.url + path)
      await page
        .waitForFunction(() => document.querySelector('h1') !== null, undefined, { timeout: 8000 })
        .catch(() => console.log(`! ${name} is still loading`))
      await page.evaluate(async () => {
        for (let y = 0; y < document.body.scrollHeight; y += 600) {
          window.scrollTo(0, y)
          await new Promise((resolve) => setTimeout(resolve, 60))
        }
        window.scrollTo(0, 0)
      })
      await page
        .waitForFunction(() => document.querySelector('[aria-busy="true"]') === null, undefined, { timeout: 8000 })
        .catch(() => console.log(`! ${name} is still loading`))
      await page.waitForTimeout(250)
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: width !== 1920 })
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      if (overflow > 0)
        console.log(
          `! ${name} at ${width} px is ${overflow} px too wide: ${await page.evaluate(() =>
            [...document.querySelectorAll('main *')]
              .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && each.closest('[class*=graph],[class*=_log_],[class*=scroll]') === null)
              .slice(0, 6)
              .map((each) => `${each.tagName}.${each.className}`)
              .join(' '),
          )}`,
        )
    }
    await context.close()
  }
}
await browser.close()
