/// <reference types="node" />
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, visit, whyNoBrowser } from './dev/harness.ts'

const run = promisify(execFile)
const reason = whyNoBrowser()
const root = mkdtempSync(join(tmpdir(), 'fairway-portal-'))
let browser: Browser

beforeAll(async () => {
  // A process of its own: in here NODE_ENV is "test", and React would be built for development.
  const config = new URL('vite.config.ts', import.meta.url).pathname
  const checkout = new URL('../../..', import.meta.url).pathname
  const { execPath: node, env } = process
  await run(node, [join(checkout, 'node_modules/vite/bin/vite.js'), 'build', '--config', config, '--outDir', root, '--emptyOutDir', '--logLevel', 'error'], {
    env: { ...env, NODE_ENV: 'production' },
  })
  if (reason === null) browser = await launchBrowser()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  rmSync(root, { recursive: true, force: true })
})

interface Chunk {
  file: string
  imports?: string[]
  isEntry?: boolean
  isDynamicEntry?: boolean
  src?: string
}

const kilobytes = (files: Iterable<string>): number =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(root, file)), { level: 9 }).length, 0) / 1000

describe('bundle budget', () => {
  const chunks = (): Record<string, Chunk> => JSON.parse(readFileSync(join(root, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>
  const closure = (all: Record<string, Chunk>, key: string, seen = new Set<string>()): Set<string> => {
    if (seen.has(key)) return seen
    seen.add(key)
    for (const next of all[key]?.imports ?? []) closure(all, next, seen)
    return seen
  }
  const filesOf = (all: Record<string, Chunk>, keys: Iterable<string>): Set<string> => new Set([...keys].flatMap((key) => all[key]?.file ?? []))

  test('the first visit to any page needs at most 250 kB of JavaScript, and its page at most 80 kB of that', () => {
    const all = chunks()
    const entry = Object.keys(all).find((key) => all[key]?.isEntry === true) ?? ''
    const first = closure(all, entry)
    const pages = Object.keys(all).filter((key) => all[key]?.isDynamicEntry === true && /pages\/.*-page\.tsx$/.test(all[key].src ?? ''))
    expect(pages.length).toBeGreaterThan(15)
    for (const page of pages) {
      const own = [...closure(all, page)].filter((key) => !first.has(key))
      expect(kilobytes(filesOf(all, own)), `own chunks of ${page}`).toBeLessThan(80)
      expect(kilobytes(filesOf(all, [...first, ...own])), `first visit to ${page}`).toBeLessThan(250)
    }
  })

  test('assets are there compressed', () => {
    const scripts = readdirSync(join(root, 'assets')).filter((name) => name.endsWith('.js'))
    const big = scripts.filter((name) => readFileSync(join(root, 'assets', name)).length >= 1024)
    const names = new Set(readdirSync(join(root, 'assets')))
    expect(big.length).toBeGreaterThan(10)
    for (const name of big) expect(names.has(`${name}.br`) && names.has(`${name}.gz`), name).toBe(true)
  })
})

const addresses = [
  '/login',
  '/login?code=used',
  '/',
  '/catalog',
  '/catalog?q=nothing-is-called-so',
  '/catalog?kind=component&owner=me&columns=kind,owner,system,tags,problems,ref',
  '/catalog?show=orphans',
  '/catalog/locations',
  '/catalog/locations?add=yes',
  '/graph',
  '/graph?root=component:default/orders&depth=3',
  '/graph?root=component:default/orders&as=list',
  '/components/orders',
  '/entities/group/default/payments',
  '/entities/api/default/orders-api',
  '/entities/api/default/orders-graphql',
  '/entities/api/default/orders-mcp',
  '/entities/group/default/payments?asOf=2026-10-01T08%3A00%3A00.000Z',
  '/repositories/acme/orders/edit?file=catalog-info.yaml',
  '/docs/component/default/orders',
  '/docs/component/default/orders?q=orders',
  '/docs/component/default/ledger',
  '/create',
  '/create/default/node-service-postgres',
  '/create/default/everything',
  '/campaigns',
  '/campaigns/chg_campaign',
  '/campaigns/no-such-campaign',
  '/platform/interop',
  '/platform/interop?do=export',
  '/platform/interop?do=adopt',
  '/environments',
  '/environments?compare=staging..production',
  '/changes',
  '/changes/chg_waits',
  '/changes/chg_danger',
  '/changes/chg_canary',
  '/changes/chg_back',
  '/changes/no-such-change',
  '/approvals',
  '/pipelines',
  '/pipelines/run_red',
  '/observe',
  '/observe/orders',
  '/observe/orders?view=logs',
  '/observe/orders?view=traces&trace=0123456789abcdef0123456789abcdef',
  '/releases/rel_orders_10',
  '/repositories',
  '/repositories/acme/orders',
  '/repositories/acme/orders?file=src%2Fserver.js',
  '/repositories/acme/orders?view=pulls',
  '/repositories/acme/orders?view=branches',
  '/repositories/acme/orders?view=commits',
  '/repositories/acme/orders/pull-requests/7',
  '/repositories/acme/orders/pull-requests/6',
  '/repositories/acme/orders/pull-requests/5',
  '/cloud',
  '/activity',
  '/settings',
  '/nowhere',
]

describe.skipIf(reason !== null)(`pages in Chromium${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test.each([
    ['dark', 1280],
    ['light', 390],
  ] as const)(
    'every page in %s at %d px has no axe violation, no error and no sideways scroll',
    async (colorScheme, width) => {
      await using at = await visit(browser, root, { colorScheme, width })
      const faults: string[] = []
      for (const address of addresses) {
        await at.page.goto(address)
        await at.page.getByRole('heading', { level: 1 }).first().waitFor()
        await at.page
          .locator('[aria-busy="true"]:visible')
          .first()
          .waitFor({ state: 'hidden' })
          .catch(() => undefined)
        const { violations } = await new AxeBuilder({ page: at.page })
          .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
          .analyze()
        faults.push(
          ...violations.map(
            (violation) =>
              `${address}: ${violation.id} ${violation.nodes
                .map((node) => `${node.target.join(' ')} (${node.any[0]?.message ?? node.none[0]?.message ?? ''})`)
                .slice(0, 3)
                .join(' | ')}`,
          ),
        )
        const overflow = await at.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        if (overflow > 0) faults.push(`${address}: ${overflow} px too wide`)
      }
      expect(faults).toEqual([])
      expect(at.errors).toEqual([])
    },
    240_000,
  )

  test('a newcomer is led to the first service, and no empty page is blank', async () => {
    await using at = await visit(browser, root, { isEmpty: true })
    for (const [address, words] of [
      ['/', 'Create the first service'],
      ['/catalog', 'The catalog is empty'],
      ['/catalog/locations', 'No location was added yet'],
      ['/environments', 'Nothing runs yet'],
      ['/changes', 'Nothing was changed yet'],
      ['/approvals', 'Nothing waits for you'],
      ['/pipelines', 'Nothing has run yet'],
      ['/activity', 'Nothing has happened yet'],
      ['/settings', 'You have no token'],
    ] as const) {
      await at.page.goto(address)
      await at.page.getByText(words).waitFor()
    }
    expect(at.errors).toEqual([])
  })

  test('with the keyboard alone a change is found, read and approved, and the page follows it to its end', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/')
    await at.page.getByRole('link', { name: 'Promote ledger v8 to production' }).first().waitFor()
    await at.page.keyboard.press('j')
    await at.page.keyboard.press('Enter')
    await at.page.getByRole('heading', { level: 1, name: /Promote ledger v8/ }).waitFor()
    await at.page.keyboard.press('a')
    await at.page.getByText('Approved').first().waitFor()
    await at.page.getByText('Serves all requests.').waitFor()
    expect(new URL(at.page.url()).pathname).toBe('/changes/chg_waits')
  })

  test('what can lose data is approved by typing, not by a key', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/changes/chg_danger')
    await at.page.getByRole('button', { name: 'Approve' }).waitFor()
    await at.page.keyboard.press('a')
    const field = at.page.getByLabel('Type postgres/ledger/staging/db to approve')
    await field.waitFor()
    const button = at.page.getByRole('button', { name: 'Approve, data can be lost' })
    expect(await button.isDisabled()).toBe(true)
    await field.fill('postgres/ledger/staging/db')
    await button.click()
    await at.page.getByText('Approved').first().waitFor()
  })

  test('a rejection needs a reason, which the requester reads', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/changes/chg_waits')
    await at.page.getByRole('button', { name: 'Reject' }).waitFor()
    await at.page.keyboard.press('r')
    await at.page.getByLabel('Why not').fill('Not before the weekend')
    await at.page.getByRole('button', { name: 'Reject', exact: true }).click()
    await at.page.getByText('Rejected: Not before the weekend').waitFor()
    expect(at.errors).toEqual([])
  })

  test('a promotion shows its plan before it does anything, and leads to its change', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/environments')
    const before = at.world.changes.length
    await at.page.getByRole('button', { name: 'Promote to production: ledger from staging' }).click()
    const dialog = at.page.getByRole('dialog')
    await dialog.getByText('Raise the connection limit').waitFor()
    expect(at.world.changes).toHaveLength(before)
    await dialog.getByRole('button', { name: 'Promote ledger to production' }).click()
    await at.page.getByRole('heading', { level: 1, name: /Promote ledger to production/ }).waitFor()
    await at.page.getByText('You asked for it, so somebody else has to approve it.').waitFor()
    expect(at.world.changes).toHaveLength(before + 1)
  })

  test('the rarer actions of a full cell are in a menu; a dialog that is left gives the focus back', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/environments')
    const more = at.page.getByRole('button', { name: 'More: orders in dev' })
    await more.focus()
    await at.page.keyboard.press('Enter')
    await at.page.getByRole('menuitem', { name: 'Deploy newest: orders to dev' }).waitFor()
    await at.page.getByRole('menuitem', { name: 'Roll back: orders in dev' }).press('Enter')
    await at.page.getByRole('dialog', { name: 'Roll back orders in dev' }).getByLabel('Why').waitFor()
    await at.page.keyboard.press('Escape')
    await at.page.getByRole('dialog').waitFor({ state: 'hidden' })
    await at.page.waitForFunction('document.activeElement?.getAttribute("aria-label") === "More: orders in dev"')
    const lines = await at.page
      .getByRole('button', { name: /: orders (?:from|in) dev$/ })
      .evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top))
    expect(lines).toHaveLength(2)
    expect(new Set(lines).size).toBe(1)
    expect(at.errors).toEqual([])
  })

  test('p on a row promotes what is furthest on its way', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/environments')
    await at.page.getByRole('link', { name: 'ledger', exact: true }).waitFor()
    await at.page.keyboard.press('j')
    await at.page.keyboard.press('j')
    await at.page.keyboard.press('p')
    await at.page.getByRole('dialog', { name: 'Promote ledger to production' }).waitFor()
    expect(at.errors).toEqual([])
  })

  test('the form checks a field as it is left, keeps the draft over a reload, shows the files, and creates', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/create/default/node-service-postgres')
    const name = at.page.getByLabel('Name')
    await name.fill('No Spaces')
    await at.page.getByLabel('What it does').focus()
    await at.page.getByText('Lower-case letters, digits and dashes, starting with a letter').waitFor()
    await at.page.getByRole('button', { name: /^Create/ }).click()
    await at.page.getByRole('alert').getByText('1 field to correct').waitFor()
    await name.fill('payouts')
    await at.page.getByRole('button', { name: 'ci.yml' }).click()
    await at.page.getByRole('region', { name: 'Content of .github/workflows/ci.yml' }).waitFor()
    await at.page.reload()
    expect(await at.page.getByLabel('Name').inputValue()).toBe('payouts')
    await at.page.getByRole('button', { name: 'Create payouts' }).click()
    await at.page.getByRole('heading', { level: 1, name: /Create payouts/ }).waitFor()
  })

  test('a long form goes step by step: conditions, errors at the field and above, no secret in the draft, the words of its template', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/create/default/everything')
    await at.page.getByRole('button', { name: 'Next' }).click()
    await at.page
      .getByRole('alert')
      .getByText(/fields to correct/)
      .waitFor()
    await at.page.getByRole('alert').getByRole('link', { name: 'Name' }).click()
    await at.page.waitForFunction('document.activeElement?.id === "field-name"')
    await at.page.keyboard.type('payouts')
    await at.page.getByRole('radio', { name: 'Card payments' }).check()
    await at.page.getByRole('checkbox', { name: 'visa' }).check()
    await at.page.getByRole('radio', { name: 'Bank transfers' }).check()
    await at.page.getByRole('checkbox', { name: 'visa' }).waitFor({ state: 'detached' })
    expect(await at.page.getByLabel('Days until it is booked').inputValue()).toBe('1')
    await at.page.getByRole('combobox', { name: 'Owner' }).fill('payments')
    await at.page
      .getByRole('option', { name: /payments/ })
      .first()
      .waitFor()
    await at.page.getByLabel('Note').focus()
    await at.page.waitForFunction('document.getElementById("field-owner")?.value === "group:default/payments"')
    await at.page.getByRole('button', { name: 'Next' }).click()
    await at.page.getByRole('button', { name: 'One back' }).waitFor()
    await at.page.getByText('The template asks for the field “HarnessAuthToken”').waitFor()
    await at.page.getByLabel('Repository name').fill('payouts')
    await at.page.getByLabel('Token', { exact: true }).fill('sesame-open')
    await at.page.getByRole('button', { name: 'Add one' }).click()
    await at.page.getByLabel('Host name').fill('pay.example')
    await at.page.getByRole('button', { name: 'Connect it' }).click()
    await at.page.getByRole('alert').getByRole('link', { name: 'Key of the provider' }).waitFor()
    await at.page.getByLabel('Key of the provider').fill('k-1234')
    const draft = String(await at.page.evaluate('localStorage.getItem("fairway.draft.template:default/everything")'))
    expect(draft).toContain('pay.example')
    expect(draft).not.toMatch(/sesame|k-1234|\*\*\*/)
    const asked = at.page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/v1/creations'))
    await at.page.getByRole('button', { name: 'Connect it' }).click()
    const body = (await asked).postDataJSON() as { values: Record<string, unknown>; secrets: Record<string, string> }
    expect(body.secrets).toEqual({ token: 'sesame-open', apiKey: 'k-1234' })
    expect(body.values).toMatchObject({
      name: 'payouts',
      kind: 'transfer',
      delay: 1,
      token: '***********',
      source: 'portal',
      repoUrl: 'fairway?owner=acme&repo=payouts',
      hosts: [{ name: 'pay.example', port: 443 }],
    })
    expect(body.values).not.toHaveProperty('brands')
    await at.page.getByRole('heading', { level: 1, name: /Create payouts/ }).waitFor()
    expect(at.errors).toEqual([])
  })

  test('a golden path says who is behind; a campaign shows its plan first, is followed and cancelled with a reason', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/create/default/node-service-postgres')
    await at.page.getByRole('link', { name: '2 of 3 are behind; 1 has left the golden path' }).waitFor()
    await at.page.getByRole('checkbox', { name: 'Propose to orders' }).uncheck()
    await at.page.getByRole('button', { name: 'Propose 2.1.0 to 1 component' }).click()
    const dialog = at.page.getByRole('dialog', { name: 'Propose 2.1.0 to 1 component' })
    const before = at.world.campaigns.length
    await dialog.getByRole('group').first().waitFor()
    expect(at.world.campaigns).toHaveLength(before)
    await dialog.getByRole('button', { name: 'Propose 2.1.0' }).click()
    await at.page.getByRole('heading', { level: 1, name: /node-service-postgres to 2.1.0/ }).waitFor()
    await at.page.getByRole('link', { name: 'ledger #7' }).waitFor()
    await at.page.getByRole('button', { name: 'Cancel this campaign' }).click()
    await at.page.getByRole('dialog').getByLabel('Why').fill('Wait for 2.2')
    await at.page.getByRole('button', { name: 'Cancel the campaign' }).click()
    await at.page.getByText('Closed unmerged').first().waitFor()
    expect(at.errors).toEqual([])
  })

  test('conflicts of a campaign stand with their files; its states filter by address', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/campaigns/chg_campaign')
    await at.page.getByRole('list', { name: 'Conflicts of ledger' }).getByText('src/server.ts').waitFor()
    await at.page.getByRole('button', { name: 'Merged 1' }).click()
    await at.page.getByRole('link', { name: 'ledger', exact: true }).waitFor({ state: 'detached' })
    expect(new URL(at.page.url()).searchParams.get('show')).toBe('merged')
    expect(at.errors).toEqual([])
  })

  test('a component leaves its golden path with a reason, and comes back', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/create/default/node-service-postgres')
    await at.page.getByRole('button', { name: 'Take off: ledger' }).click()
    await at.page.getByRole('button', { name: 'Take it off' }).click()
    await at.page.getByRole('dialog').getByText('This is needed').waitFor()
    await at.page.getByRole('dialog').getByLabel('Why').fill('Rewritten in Go')
    await at.page.getByRole('button', { name: 'Take it off' }).click()
    await at.page.getByRole('button', { name: 'Put back on: ledger' }).click()
    await at.page.getByRole('button', { name: 'Put it back on' }).click()
    await at.page.getByRole('button', { name: 'Take off: ledger' }).waitFor()
    expect(at.errors).toEqual([])
  })

  test('an import tells first what is lost and what is wrong, and writes only then', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/platform/interop')
    await at.page.locator('input[type=file]').setInputFiles({ name: 'port.json', mimeType: 'application/json', buffer: Buffer.from('{}') })
    await at.page.getByRole('button', { name: 'Try 1 file' }).click()
    await at.page.getByText('Nothing is written yet.').waitFor()
    await at.page.getByText('no field of a Component holds it').waitFor()
    await at.page.getByText('port.json:4').waitFor()
    await at.page.getByRole('button', { name: 'Import 2 entities' }).click()
    await at.page.getByText('Imported.').waitFor()
    await at.page.getByRole('link', { name: 'fairway/imported' }).waitFor()
    expect(at.errors).toEqual([])
  })

  test('an export is had as one archive; a Backstage is looked at before it is adopted', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/platform/interop?do=export')
    await at.page.getByRole('button', { name: 'Write files for Backstage' }).click()
    const saved = at.page.waitForEvent('download')
    await at.page.getByRole('button', { name: 'Download 1 file as ZIP' }).click()
    expect((await saved).suggestedFilename()).toBe('fairway-backstage.zip')
    await at.page.getByRole('button', { name: 'Adopt a Backstage' }).click()
    await at.page.getByLabel('Address of Backstage').fill('https://backstage.example')
    await at.page.getByRole('button', { name: 'See what is there' }).click()
    await at.page.getByText('Copied once').waitFor()
    await at.page.getByRole('button', { name: 'Adopt 42 entities' }).click()
    await at.page.getByText('Imported.').waitFor()
    expect(at.errors).toEqual([])
  })

  test('who may not create is told who can grant it, and loses nothing', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/create/default/static-site')
    await at.page.getByLabel('Name').fill('pages')
    at.world.failures.set('/creations', 403)
    await at.page.getByRole('button', { name: 'Create pages' }).click()
    await at.page.getByText('You may not create from Static site.').waitFor()
    expect(await at.page.getByLabel('Name').inputValue()).toBe('pages')
    expect(at.errors).toEqual([])
  })

  test('what the server finds wrong stands at its field', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/create/default/node-service-postgres')
    await at.page.getByLabel('Name').fill('orders')
    await at.page.getByText('A component called "orders" is there already').waitFor()
    expect(at.errors).toEqual([])
  })

  test('an ended session leads to the login and back; a used link says what to do', async () => {
    await using at = await visit(browser, root)
    at.world.isSignedIn = false
    await at.page.goto('/changes/chg_waits')
    await at.page.getByText('Your session has ended').waitFor()
    await at.page.getByLabel('Link or code').fill('used')
    await at.page.getByRole('button', { name: 'Sign in' }).click()
    await at.page.getByText('ask for a new one').waitFor()
    await at.page.getByLabel('Link or code').fill('http://127.0.0.1/login?code=good')
    await at.page.getByRole('button', { name: 'Sign in' }).click()
    await at.page.getByRole('heading', { level: 1, name: /Promote ledger/ }).waitFor()
    expect(at.errors).toEqual([])
  })

  test('an address of another site is never gone to after signing in', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/login?code=good&next=//evil.example/')
    await at.page.getByRole('heading', { level: 1, name: 'Hello, Ben' }).waitFor()
    expect(new URL(at.page.url()).origin).toBe(at.server.url)
  })

  test('without a network the page stands and says so, and heals by itself', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/environments')
    await at.page.getByRole('link', { name: 'ledger', exact: true }).waitFor()
    await at.context.setOffline(true)
    await at.page.getByText('You are offline').waitFor()
    await at.page.getByRole('link', { name: 'ledger', exact: true }).waitFor()
    await at.context.setOffline(false)
    await at.page.getByText('You are offline').waitFor({ state: 'detached' })
    at.world.update('chg_waits', { title: 'Renamed while away' })
    await at.page.getByRole('link', { name: 'Changes' }).first().click()
    await at.page.getByRole('link', { name: 'Renamed while away' }).waitFor()
    expect(at.errors).toEqual([])
  })

  test('a part that fails says code, request and retry; the rest of the page stands', async () => {
    await using at = await visit(browser, root)
    at.world.failures.set('/approvals', 500)
    await at.page.goto('/')
    const alert = at.page.getByRole('alert')
    await alert.getByText('kernel.internal').waitFor()
    await at.page.getByRole('link', { name: 'orders', exact: true }).first().waitFor()
    at.world.failures.clear()
    await alert.getByRole('button', { name: 'Load again' }).click()
    await at.page.getByRole('link', { name: 'Promote ledger v8 to production' }).first().waitFor()
    expect(at.errors).toEqual([])
  })

  test('who lacks the permission is told who can grant it', async () => {
    await using at = await visit(browser, root)
    at.world.failures.set('/slos', 403)
    await at.page.goto('/components/orders')
    await at.page.getByRole('heading', { name: 'Objectives' }).scrollIntoViewIfNeeded()
    await at.page.getByText('You may not see objectives').waitFor()
    await at.page.getByText('platform.access.denied').waitFor()
    expect(at.errors).toEqual([])
  })

  test('a failing run opens its failing job at the failure; search steps through hits; a line has an address', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/pipelines/run_red')
    await at.page.getByText('AssertionError: expected 200, got 500').waitFor()
    const search = at.page.getByLabel('Search the log')
    await search.fill('orders-20')
    await at.page.getByText('1 of 1').waitFor()
    await search.fill('package-4')
    await at.page.getByText('1 of 11').waitFor()
    await search.press('Enter')
    await at.page.getByText('2 of 11').waitFor()
    const link = at.page.getByLabel(/^Link to line/).first()
    await link.click()
    expect(new URL(at.page.url()).searchParams.get('line')).not.toBeNull()
    await at.page.reload()
    await at.page.locator('[data-marked="true"]').waitFor()
  })

  test('20,000 entities are filtered as one types, and only what is seen is drawn', async () => {
    await using at = await visit(browser, root, { entityCount: 20_000 })
    await at.page.goto('/catalog')
    await at.page.getByText(`${at.world.entities.length.toLocaleString('en-GB')} entities`).waitFor({ timeout: 30_000 })
    expect(await at.page.getByRole('row').count()).toBeLessThan(80)
    await at.page.keyboard.press('/')
    await at.page.keyboard.type('ledger')
    await at.page.getByText('1 entity of').waitFor()
    expect(new URL(at.page.url()).searchParams.get('q')).toBe('ledger')
  }, 60_000)

  test('facets narrow by counts, more than one at a time, and are in the address', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/catalog')
    const facets = at.page.getByRole('complementary', { name: 'Filters' })
    await facets
      .getByRole('group', { name: /^Kind/ })
      .getByRole('button', { name: /^System/ })
      .click()
    await at.page.getByText(`1 entity of ${at.world.entities.length}`).waitFor()
    await facets
      .getByRole('group', { name: /^Kind/ })
      .getByRole('button', { name: /^Group/ })
      .click()
    await at.page.getByText(/^\d+ entities of \d/).waitFor()
    expect(new URL(at.page.url()).searchParams.get('kind')).toBe('system,group')
    await at.page.goBack()
    await at.page.goto('/catalog?kind=system,group')
    await facets.getByRole('button', { name: /^System/, pressed: true }).click()
    await at.page.getByRole('row', { name: /payments/ }).waitFor()
    await at.page.getByRole('link', { name: 'With problems' }).click()
    await at.page.getByRole('row', { name: /invoices/ }).waitFor()
    expect(await at.page.getByRole('row').count()).toBe(2)
    expect(at.errors).toEqual([])
  })

  test('a view is saved, shared, altered and deleted; it is an address', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/catalog?kind=api&sort=-name')
    await at.page.getByRole('button', { name: 'Save view' }).click()
    const dialog = at.page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('APIs backwards')
    await dialog.getByLabel('Share with everybody').check()
    await dialog.getByRole('button', { name: 'Save view' }).click()
    const tab = at.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name: /^APIs backwards/ })
    await tab.waitFor()
    expect(await tab.getAttribute('aria-current')).toBe('page')
    await at.page.keyboard.press('/')
    await at.page.keyboard.type('orders')
    await at.page.getByRole('button', { name: 'Save changes' }).click()
    await at.page.getByText('altered').waitFor({ state: 'detached' })
    await at.page.getByRole('link', { name: 'All', exact: true }).click()
    await tab.click()
    await at.page.getByRole('row', { name: /orders-api/ }).waitFor()
    expect(new URL(at.page.url()).searchParams.get('q')).toBe('orders')
    await at.page.getByRole('button', { name: 'More about the view APIs backwards' }).click()
    await at.page.getByRole('menuitem', { name: 'Delete' }).click()
    await at.page.getByRole('dialog').getByRole('button', { name: 'Delete view' }).click()
    await tab.waitFor({ state: 'detached' })
    expect(at.errors).toEqual([])
  })

  test('rows are marked by x, and what is marked is exported and opened in the graph', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/catalog?kind=system,resource')
    await at.page.getByRole('row', { name: /orders-db/ }).waitFor()
    await at.page.keyboard.press('j')
    await at.page.keyboard.press('x')
    await at.page.keyboard.press('j')
    await at.page.keyboard.press('x')
    const bar = at.page.getByRole('region', { name: 'Selected entities' })
    await bar.getByText('2 entities selected.').waitFor()
    const [file] = await Promise.all([at.page.waitForEvent('download'), bar.getByRole('button', { name: 'Export as CSV' }).click()])
    expect(readFileSync(await file.path(), 'utf8')).toContain('resource:default/orders-db,Resource,default,orders-db')
    await bar.getByRole('link', { name: 'Open in graph' }).click()
    await at.page.getByRole('heading', { level: 1, name: 'Around 2 entities' }).waitFor()
    expect(at.errors).toEqual([])
  })

  test('all that match are exported page by page', async () => {
    await using at = await visit(browser, root, { entityCount: 1500 })
    await at.page.goto('/catalog')
    const [file] = await Promise.all([at.page.waitForEvent('download'), at.page.getByRole('button', { name: /^Export as CSV: 1,5\d\d entities$/ }).click()])
    expect(readFileSync(await file.path(), 'utf8').split('\r\n')).toHaveLength(at.world.entities.length + 2)
    expect(at.errors).toEqual([])
  })

  test('the table follows the catalog while one looks', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/catalog?q=payouts')
    await at.page.getByText('Nothing is like that').waitFor()
    await at.page.getByText('Live', { exact: true }).waitFor()
    const [first] = at.world.entities
    if (first !== undefined) at.world.entities.push({ ...first, metadata: { ...first.metadata, name: 'payouts' } })
    at.world.emit('platform.catalog.entity_changed', 'entity/component:default/payouts')
    await at.page.getByRole('row', { name: /payouts/ }).waitFor()
    expect(at.errors).toEqual([])
  })

  test('a location is looked at before it is added, shows where its problems are, and is removed after one question', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/catalog/locations')
    await at.page.getByText('2 problems').click()
    await at.page.getByText('returns/catalog-info.yaml:11:10').waitFor()
    expect(
      await at.page.getByRole('button', { name: 'Remove: https://gitlab.example/acme/legacy/blob/main/*/catalog-info.yaml' }).getAttribute('aria-disabled'),
    ).toBe('true')
    await at.page.getByRole('button', { name: 'Add a location' }).click()
    const dialog = at.page.getByRole('dialog')
    await dialog.getByLabel('Target').fill('refunds')
    await dialog.getByRole('button', { name: 'See what would come' }).click()
    await dialog.getByText(/it is no address/).waitFor()
    await dialog.getByLabel('Target').fill('https://github.com/acme/refunds')
    await dialog.getByRole('button', { name: 'See what would come' }).click()
    await dialog.getByText('2 entities would come into the catalog.').waitFor()
    expect(await at.page.getByRole('row', { name: /acme\/refunds/, includeHidden: true }).count()).toBe(0)
    await dialog.getByRole('button', { name: 'Add location' }).click()
    await at.page.getByRole('row', { name: /acme\/refunds/ }).waitFor()
    await at.page.getByRole('button', { name: 'Remove: https://github.com/acme/refunds' }).click()
    await at.page.getByRole('dialog').getByRole('button', { name: 'Remove location' }).click()
    await at.page.getByRole('row', { name: /acme\/refunds/ }).waitFor({ state: 'detached' })
    expect(at.errors).toEqual([])
  })

  test('the graph is walked, expanded and left by the keyboard; its list says the same', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/graph?root=component:default/orders&depth=1')
    const orders = at.page.getByRole('link', { name: /^orders, Component · service/ })
    await orders.focus()
    await at.page.keyboard.press('ArrowRight')
    await at.page.waitForFunction('document.activeElement?.dataset.node !== "component:default/orders"')
    await orders.focus()
    await at.page.keyboard.press('e')
    await at.page.waitForURL((url) => url.searchParams.get('open') === 'component:default/orders')
    await at.page.getByRole('button', { name: 'List' }).click()
    await at.page.getByRole('row', { name: /orders.*Depends on.*orders-db/ }).waitFor()
    await at.page.getByRole('button', { name: /^Depends on/ }).click()
    await at.page
      .getByRole('row', { name: /Depends on/ })
      .first()
      .waitFor({ state: 'detached' })
    await at.page.getByRole('button', { name: 'Picture' }).click()
    await orders.focus()
    await at.page.keyboard.press('Enter')
    await at.page.waitForURL((url) => url.pathname === '/components/orders')
    expect(at.errors).toEqual([])
  })

  test('2,000 nodes are drawn from afar in a few elements, and near by only those in sight', async () => {
    await using at = await visit(browser, root, { entityCount: 3000 })
    await at.page.goto('/graph?max=yes')
    await at.page.getByText('2,000 entities').waitFor()
    expect(await at.page.locator('svg[aria-label^="Graph of"] *').count()).toBeLessThan(100)
    await at.page.getByRole('button', { name: 'Zoom in' }).focus()
    for (let step = 0; step < 12; step += 1) await at.page.keyboard.press('Enter')
    await at.page.waitForFunction('document.querySelectorAll("[data-node]").length > 4')
    expect(await at.page.locator('[data-node]').count()).toBeLessThan(200)
    expect(at.errors).toEqual([])
  }, 30_000)

  test('the palette finds what the server knows and goes there', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/')
    await at.page.getByRole('heading', { level: 1 }).waitFor()
    await at.page.keyboard.press('Control+k')
    await at.page.getByRole('textbox', { name: 'Search and commands' }).fill('storefront')
    await at.page
      .getByRole('option', { name: /storefront/ })
      .or(at.page.getByRole('button', { name: /^storefront/ }))
      .first()
      .waitFor()
    await at.page.keyboard.press('ArrowDown')
    await at.page.keyboard.press('Enter')
    await at.page.getByRole('heading', { level: 1, name: /storefront/ }).waitFor()
    expect(at.errors).toEqual([])
  })

  test('g and a letter goes places, and a letter alone can be switched off', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/')
    await at.page.getByRole('heading', { level: 1 }).waitFor()
    await at.page.keyboard.press('g')
    await at.page.keyboard.press('e')
    await at.page.getByRole('heading', { level: 1, name: 'Environments' }).waitFor()
    await at.page.goto('/settings')
    await at.page.getByLabel(/Single-letter keys/).uncheck()
    await at.page.keyboard.press('g')
    await at.page.keyboard.press('c')
    await at.page.keyboard.press('?')
    expect(new URL(at.page.url()).pathname).toBe('/settings')
    expect(await at.page.getByRole('dialog').count()).toBe(0)
  })

  test('a pull request is read file by file and merged by the keyboard alone', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/repositories/acme/orders?view=pulls')
    await at.page.getByRole('link', { name: 'Update to node-service-postgres 2.1' }).waitFor()
    await at.page.keyboard.press('j')
    await at.page.keyboard.press('Enter')
    await at.page.getByRole('heading', { level: 1, name: /Update to node-service-postgres 2.1/ }).waitFor()
    await at.page.getByRole('article', { name: 'score.yaml' }).waitFor()
    await at.page.keyboard.press(']')
    await at.page.keyboard.press(']')
    await at.page.waitForFunction('document.activeElement?.textContent?.includes("assets/logo.png") === true')
    await at.page.keyboard.press('m')
    const dialog = at.page.getByRole('dialog', { name: 'Merge into main' })
    await dialog.getByRole('radio', { name: 'Squash it to one commit' }).press('Space')
    await dialog.getByRole('button', { name: 'Merge into main' }).press('Enter')
    await at.page.getByRole('heading', { level: 2, name: 'How it ended' }).waitFor()
    await at.page.getByText('Merged by ben').waitFor()
    expect(at.errors).toEqual([])
  })

  test('a pull request that conflicts says so and can not be merged; it is closed after one question, and reopened', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/repositories/acme/orders/pull-requests/6')
    await at.page.getByText('It conflicts with main.').waitFor()
    expect(await at.page.getByRole('button', { name: 'Merge into main' }).isDisabled()).toBe(true)
    await at.page.getByRole('button', { name: 'Close without merging' }).click()
    await at.page.getByRole('dialog').getByRole('button', { name: 'Close pull request' }).click()
    await at.page.getByText('Closed without merging by ben').waitFor()
    await at.page.getByRole('button', { name: 'Reopen' }).click()
    await at.page.getByRole('heading', { level: 2, name: 'Merge' }).waitFor()
    expect(at.errors).toEqual([])
  })

  test('docs are read page by page, followed by their links, and searched', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/components/orders')
    await at.page.getByRole('heading', { level: 2, name: 'Docs' }).scrollIntoViewIfNeeded()
    await at.page.getByRole('link', { name: 'Read them' }).click()
    await at.page.getByRole('heading', { level: 1, name: 'Orders' }).waitFor()
    await at.page.getByText('Not touched for 120 days').waitFor()
    await at.page.getByRole('img', { name: /^Diagram, flowchart/ }).waitFor({ timeout: 20_000 })
    await at.page.getByRole('link', { name: 'how to run it' }).click()
    await at.page.getByRole('heading', { level: 1, name: 'Run it' }).waitFor()
    expect(new URL(at.page.url()).hash).toBe('#start-it')
    await at.page.getByRole('link', { name: /Next/ }).click()
    await at.page.getByRole('heading', { level: 1, name: 'When it fails' }).waitFor()
    await at.page.getByLabel('Search these docs').fill('writers')
    await at.page.getByText('1 page with “writers”').waitFor()
    await at.page.getByRole('region', { name: 'Found pages' }).getByRole('link', { name: 'Orders' }).click()
    await at.page.getByRole('note').getByText('Two writers', { exact: true }).waitFor()
    expect(at.errors).toEqual([])
  }, 40_000)

  test('an API is explored: searched, unfolded through types that hold themselves, copied as a command, read as written', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/entities/api/default/orders-api')
    await at.page.getByText('POST/orders').or(at.page.getByText('Place an order')).first().click()
    await at.page.getByText("curl -X POST 'https://orders.shop.example/v1/orders'").waitFor()
    const body = at.page.getByRole('list', { name: 'Body, application/json' })
    await body.getByText('replaces').click()
    await body.getByText('replaces').nth(1).click()
    await body.getByText('replaces').nth(2).waitFor()
    await at.page.getByLabel('Search this API').fill('read order')
    await at.page.getByText('1 of 6 items').waitFor()
    await at.page.getByRole('button', { name: 'As written' }).click()
    await at.page.getByRole('region', { name: 'Definition of orders-api' }).getByText('openapi: 3.1.0').waitFor()
    for (const [name, words] of [
      ['orders-asyncapi', 'it sends'],
      ['orders-graphql', 'Mutations'],
      ['orders-grpc', 'GetRequest → stream of Order'],
      ['orders-mcp', 'https://mcp.shop.example'],
    ] as const) {
      await at.page.goto(`/entities/api/default/${name}`)
      await at.page.getByText(words).first().waitFor()
    }
    expect(at.errors).toEqual([])
  })

  test('a field says where it comes from, and an entity is seen as it was', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/entities/group/default/payments')
    await at.page.getByRole('button', { name: 'Where spec.type comes from' }).press('Enter')
    await at.page.getByText('Line 12 of catalog-info.yaml says so').waitFor()
    await at.page.keyboard.press('Escape')
    await at.page.getByRole('button', { name: 'As it was then' }).first().click()
    await at.page.getByText('This is how it was on').waitFor()
    expect(new URL(at.page.url()).searchParams.get('asOf')).not.toBeNull()
    await at.page.getByRole('button', { name: 'Back to now' }).click()
    await at.page.getByText('This is how it was on').waitFor({ state: 'detached' })
    expect(at.errors).toEqual([])
  })

  test('a descriptor is edited: checked as one writes, kept over a reload, proposed by a pull request', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/components/orders')
    await at.page.getByRole('link', { name: 'Edit descriptor' }).click()
    const editor = at.page.getByRole('textbox', { name: 'Content of catalog-info.yaml' })
    await editor.getByText('payments').click()
    await at.page.keyboard.press('End')
    await at.page.keyboard.type(' two')
    await at.page.getByText('"payments two" is no reference').first().waitFor()
    await at.page.keyboard.press('Backspace')
    for (let times = 0; times < 3; times += 1) await at.page.keyboard.press('Backspace')
    await at.page.keyboard.type('2')
    await at.page.getByText('group:default/payments2').waitFor()
    await at.page.reload()
    await at.page.getByText('This is your draft').waitFor()
    await editor.getByText('payments2').waitFor()
    await at.page.keyboard.press('Escape')
    await at.page.getByRole('button', { name: 'Save…' }).click()
    const dialog = at.page.getByRole('dialog')
    await dialog.getByLabel('Title of the pull request').fill('Give orders to payments2')
    await dialog.getByRole('button', { name: 'Open pull request' }).click()
    await at.page.waitForURL(/pull-requests\/7$/)
    expect(await at.page.evaluate('Object.keys(localStorage).filter((key) => key.startsWith("fairway.edit.")).length')).toBe(0)
    expect(at.errors).toEqual([])
  })

  test('a token is shown once', async () => {
    await using at = await visit(browser, root)
    await at.page.goto('/settings')
    await at.page.getByRole('button', { name: 'Create a token' }).click()
    await at.page.getByLabel('Name').fill('script')
    await at.page.getByRole('textbox', { name: 'Scopes' }).or(at.page.getByLabel('Scopes')).first().fill('change:read')
    await at.page.keyboard.press('Enter')
    await at.page.keyboard.press('Tab')
    await at.page.getByRole('button', { name: 'Create the token' }).click()
    await at.page.getByText(/^fwt_/).waitFor()
    await at.page.getByRole('button', { name: 'I have it' }).click()
    await at.page.getByText('script', { exact: true }).waitFor()
    expect(await at.page.getByText(/^fwt_/).count()).toBe(0)
  })
})
