import { request } from 'node:http'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  findChromium,
  openVisitor,
  organisationLoaded,
  overflowOf,
  pageSettled,
  personClient,
  pushEdit,
  startBrowser,
  startPlatformProcess,
  switchTheme,
  type PlatformProcess,
  type Visitor,
} from '#harness'

const NAME = 'orders'
const { file: chromium, reason } = findChromium()

let platform: PlatformProcess
let browser: Browser
let ana: Visitor
let ben: Visitor

/** Waits until it is seen. */
async function seen(what: Locator, timeout = 15_000): Promise<Locator> {
  await what.waitFor({ timeout })
  return what
}

/** What both browsers complained about since the last look: errors on the console, failed and refused requests. */
const complaints = (): string[] => [...ana.takeProblems(), ...ben.takeProblems()]

/** A one-time login link, made as an administrator does. */
async function loginLink(person: 'ana' | 'ben'): Promise<URL> {
  return new URL((await platform.administrator.call('loginLinks.create', { body: { user: `user:default/${person}` } })).url)
}

/** GET through the ingress, as any HTTP client would ask. */
async function visit(host: string): Promise<{ status: number; version: string; body: string }> {
  const { port } = new URL(platform.ingressUrl)
  return await new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/', headers: { host: `${host}:${port}` } }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, version: String(response.headers['fairway-version']), body }))
    })
      .on('error', reject)
      .end()
  })
}

const heading = (page: Page, name: string | RegExp): Locator => page.getByRole('heading', { level: 1, name })

/** The Change page that is open, to its end: what is shown there changes by itself. */
async function changeIsDone(page: Page): Promise<void> {
  await page.waitForURL(/\/changes\/chg_/)
  await seen(page.getByRole('heading', { level: 1 }).getByText('Done', { exact: true }), 60_000)
}

/** In the dialog that is open: sees the plan, says why where it is asked, and goes on by the button that says what is done. */
async function confirmPlan(page: Page, title: string | RegExp, plan: RegExp, why?: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: title })
  await seen(dialog.getByText(plan).first())
  await seen(dialog.getByRole('group').first())
  if (why !== undefined) await dialog.getByLabel('Why').fill(why)
  await dialog.getByRole('button', { name: title }).click()
}

/** Opens the newest release of the component from its page, and deploys it to an environment from there. */
async function deployFromRelease(page: Page, version: string, environment: string): Promise<void> {
  await page.goto(`/components/${NAME}#releases`)
  await page
    .getByRole('region', { name: 'Releases' })
    .getByRole('link', { name: `v${version}` })
    .click()
  await seen(heading(page, `${NAME} v${version}`))
  await page.getByRole('button', { name: `Deploy to ${environment}` }).click()
  await confirmPlan(page, `Deploy ${NAME} v${version} to ${environment}`, new RegExp(`${NAME}.*${version}|${version}.*${NAME}`))
  await changeIsDone(page)
}

/** Promotes from the matrix and leads to the Change page. */
async function promote(page: Page, from: string, to: string): Promise<void> {
  await page.getByRole('link', { name: 'Environments', exact: true }).click()
  await seen(heading(page, 'Environments'))
  await page.getByRole('button', { name: `Promote to ${to}: ${NAME} from ${from}` }).click()
  await confirmPlan(page, `Promote ${NAME} to ${to}`, new RegExp(NAME))
  await page.waitForURL(/\/changes\/chg_/)
}

/** Presses Tab until what has this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate('document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim()')
    if (focused === name) return
  }
  throw new Error(`Tab does not lead to "${name}"`)
}

/** What axe finds wrong with the page as it stands: rule, places, and what is wrong there. */
async function accessibilityFaults(page: Page): Promise<string[]> {
  const { violations, passes } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze()
  const faults = violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`))
  return passes.length < 10 ? [...faults, 'was hardly looked at'] : faults
}

const cell = (page: Page, environment: string): Locator => page.getByRole('row', { name: new RegExp(NAME) }).locator(`[data-environment="${environment}"]`)

describe.skipIf(chromium === undefined)(`the walk through the portal${reason === undefined ? '' : ` (${reason})`}`, () => {
  beforeAll(async () => {
    ;[platform, browser] = await Promise.all([startPlatformProcess({ flags: ['--no-walk'] }), startBrowser()])
    await organisationLoaded(platform.administrator)
    ana = await openVisitor(browser, { baseURL: platform.url })
    ben = await openVisitor(browser, { baseURL: platform.url, colorScheme: 'dark' })
  })

  afterAll(async () => {
    await browser?.close()
    await platform?.[Symbol.asyncDispose]()
  })

  it('signs a person in by a one-time link, once', async () => {
    const link = await loginLink('ana')
    await ana.page.goto(link.href)
    await seen(heading(ana.page, 'Hello, Ana'))
    await seen(ana.page.getByText('Create the first service'))
    await ben.page.goto(link.href)
    await seen(ben.page.getByRole('alert').getByText(/works once/))
    expect(ben.takeProblems().filter((problem) => !/session answered 4\d\d/.test(problem))).toEqual([])
    await ben.page.getByLabel('Link or code').fill((await loginLink('ben')).href)
    await ben.page.getByRole('button', { name: 'Sign in' }).click()
    await seen(heading(ben.page, 'Hello, Ben'))
    expect(complaints()).toEqual([])
  })

  it('creates a service from a golden path: a form by label, the files before they are made, the change to its end', async () => {
    const { page } = ana
    await page.getByRole('link', { name: 'Choose a golden path' }).click()
    await page.getByRole('link', { name: 'Node.js service with PostgreSQL' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Not A Name')
    await page.getByRole('textbox', { name: 'Name', exact: true }).blur()
    await seen(page.getByText(/lower case|match|pattern|letters/i).first())
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill(NAME)
    await page.getByRole('combobox', { name: 'Owner' }).first().fill('group:default/payments')
    await page.getByRole('textbox', { name: 'Description' }).fill('Takes orders')
    const files = page.getByRole('group', { name: 'Files' })
    await files.getByRole('button', { name: 'catalog-info.yaml' }).click()
    await seen(page.getByRole('region', { name: 'Content of catalog-info.yaml' }).getByText('group:default/payments'))
    await page.getByRole('button', { name: `Create ${NAME}` }).click()
    await changeIsDone(page)
    await seen(page.getByRole('list', { name: 'Steps' }).getByText(`Create the repository acme/${NAME}`))
    expect(complaints()).toEqual([])
  })

  it('shows the pipeline run as it goes, line by line, until it passes', async () => {
    const { page } = ana
    await page.getByRole('link', { name: 'Pipelines', exact: true }).click()
    await page.getByRole('table').getByRole('link').first().click()
    await page.waitForURL(/\/pipelines\/run_/)
    const log = await seen(page.getByRole('log'))
    await seen(log.getByText(/npm ci/).first(), 30_000)
    await seen(page.getByRole('list', { name: 'Steps' }).getByText('Upload app'), 60_000)
    await seen(page.getByRole('heading', { level: 1 }).getByText('Passed', { exact: true }), 90_000)
    await seen(page.getByRole('link', { name: 'Its release' }), 30_000)
    expect(complaints()).toEqual([])
  })

  it('deploys the release to the first environment, from its page', async () => {
    await deployFromRelease(ana.page, '1', 'dev')
    expect(await visit(`${NAME}.dev.localhost`)).toMatchObject({ status: 200, version: '1' })
    expect(complaints()).toEqual([])
  })

  it('promotes to staging from the matrix, with the plan shown before', async () => {
    await promote(ana.page, 'dev', 'staging')
    await changeIsDone(ana.page)
    expect(complaints()).toEqual([])
  })

  it('lets production wait for a second person, who finds it in the inbox and approves by key', async () => {
    await promote(ana.page, 'staging', 'production')
    await seen(ana.page.getByRole('heading', { level: 1 }).getByText('Waits for approval'))
    await seen(
      ana.page
        .getByText(/You asked for/i)
        .or(ana.page.getByText(/somebody else/))
        .first(),
    )
    expect(await ana.page.getByRole('button', { name: /Approve/ }).count()).toBe(0)
    await ben.page.getByRole('link', { name: /^Approvals/ }).click()
    await seen(ben.page.getByRole('link', { name: new RegExp(`^Review .*${NAME}`) }))
    await ben.page.keyboard.press('j')
    await ben.page.keyboard.press('Enter')
    await seen(ben.page.getByRole('group', { name: 'Your decision' }))
    await ben.page.keyboard.press('a')
    await seen(ben.page.getByText('Approved').first())
    await changeIsDone(ana.page)
    await changeIsDone(ben.page)
    expect(complaints()).toEqual([])
  })

  it('serves people in production', async () => {
    const { page } = ana
    await page.getByRole('link', { name: 'Environments', exact: true }).click()
    for (const environment of ['Development', 'Staging', 'Production']) await seen(cell(page, environment).getByText('Healthy'), 20_000)
    for (const host of [`${NAME}.production.localhost`, `${NAME}.localhost`]) expect(await visit(host)).toMatchObject({ status: 200, version: '1' })
    await page.goto(`/components/${NAME}`)
    const address = await page.getByRole('link', { name: 'Open the service' }).getAttribute('href')
    expect(new URL(address ?? '').host).toBe(`${NAME}.production.localhost:${new URL(platform.ingressUrl).port}`)
    expect(complaints()).toEqual([])
  })

  it('takes a second version by keyboard alone: palette, keys, tab and enter', async () => {
    const { page } = ana
    const { token } = await personClient(platform, 'user:default/ana')
    await page.goto(`/pipelines?component=${NAME}`)
    await seen(heading(page, 'Pipelines'))
    await pushEdit(platform, token, NAME, 'README.md', (text) => `${text}\nMore to come.\n`)
    await page.keyboard.press('Control+k')
    await seen(page.getByRole('textbox', { name: 'Search and commands' }))
    const answer = page.waitForResponse((response) => response.url().endsWith(`/search?q=${NAME}&limit=12`))
    await page.keyboard.type(NAME)
    await answer
    await seen(
      page
        .getByRole('dialog')
        .getByRole('button')
        .first()
        .getByText(/^Component · /),
    )
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/components/${NAME}`)
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    // Nobody reloads: the list hears of the push, and of the end.
    await seen(page.getByRole('link', { name: 'Edit README.md' }))
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await seen(page.getByRole('heading', { level: 1 }).getByText('Passed', { exact: true }), 90_000)
    await seen(page.getByRole('link', { name: 'Its release' }), 30_000)
    await page.keyboard.press('g')
    await page.keyboard.press('e')
    await seen(page.getByRole('row', { name: new RegExp(NAME) }))
    await page.keyboard.press('j')
    await tabTo(page, `Deploy newest: ${NAME} to dev`)
    await page.keyboard.press('Enter')
    await seen(page.getByRole('dialog').getByText(/Start orders v2 in dev/))
    await tabTo(page, `Deploy ${NAME} to dev`)
    await page.keyboard.press('Enter')
    await changeIsDone(page)
    expect(await visit(`${NAME}.dev.localhost`)).toMatchObject({ status: 200, version: '2' })
    expect(complaints()).toEqual([])
  })

  it('goes back to the version before, with a reason', async () => {
    const { page } = ana
    await page.getByRole('link', { name: 'Environments', exact: true }).click()
    await page.getByRole('button', { name: `More: ${NAME} in dev` }).click()
    await page.getByRole('menuitem', { name: `Roll back: ${NAME} in dev` }).click()
    await confirmPlan(page, `Roll back ${NAME} in dev`, new RegExp(NAME), 'to see the way back')
    await changeIsDone(page)
    await seen(page.getByText('to see the way back'))
    expect(await visit(`${NAME}.dev.localhost`)).toMatchObject({ status: 200, version: '1' })
    expect(complaints()).toEqual([])
  })

  it('shows its logs, charts and traces', async () => {
    const { page } = ana
    for (let each = 0; each < 20; each += 1) await visit(`${NAME}.localhost`)
    await page.getByRole('link', { name: 'Observe', exact: true }).click()
    await page.getByRole('table').getByRole('link', { name: NAME }).click()
    await seen(page.getByText('Show as a table').first())
    await page.getByText('Show as a table').first().click()
    await seen(
      page
        .getByRole('region', { name: /as a table/ })
        .getByRole('cell')
        .first(),
    )
    await page.getByRole('group', { name: 'View' }).getByRole('button', { name: 'Logs' }).click()
    await seen(page.getByRole('log', { name: 'Log lines' }))
    await page.getByRole('group', { name: 'View' }).getByRole('button', { name: 'Traces' }).click()
    await seen(page.getByRole('table').getByText('GET').first(), 30_000)
    expect(complaints()).toEqual([])
  })

  it('sends people whose session ended to the login, and back to where they were', async () => {
    const { page, context } = ana
    await page.goto('/catalog?kind=Group')
    await seen(heading(page, 'Catalog'))
    await context.clearCookies()
    await page.getByRole('link', { name: 'Changes', exact: true }).click()
    await page.waitForURL(/\/login\?next=/)
    expect(ana.takeProblems().filter((problem) => !/answered 401/.test(problem))).toEqual([])
    await seen(page.getByText('Your session has ended'))
    await page.getByLabel('Link or code').fill((await loginLink('ana')).searchParams.get('code') ?? '')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/\/changes$/)
    await seen(heading(page, 'Changes'))
    expect(complaints()).toEqual([])
  })

  it('has no page with a fault of accessibility, in either theme, nor one to be scrolled sideways at 390 px', async () => {
    const { page } = ana
    const found: string[] = []
    const href = async (from: string, link: Locator): Promise<string> => {
      await page.goto(from)
      return (await (await seen(link)).getAttribute('href')) ?? ''
    }
    const changeHref = await href('/changes', page.getByRole('table').getByRole('link').first())
    const runHref = await href('/pipelines', page.getByRole('table').getByRole('link').first())
    const releaseHref = await href(`/components/${NAME}#releases`, page.getByRole('region', { name: 'Releases' }).getByRole('link', { name: 'v2' }))
    const pages = [
      '/',
      '/catalog',
      `/components/${NAME}`,
      '/entities/group/default/payments',
      '/entities/user/default/ana',
      '/create',
      '/create/default/node-service-postgres',
      '/environments',
      '/environments?compare=dev..production',
      '/changes',
      changeHref,
      '/approvals',
      '/pipelines',
      runHref,
      '/observe',
      `/observe/${NAME}`,
      `/observe/${NAME}?view=logs`,
      `/observe/${NAME}?view=traces`,
      releaseHref,
      '/cloud',
      '/activity',
      '/settings',
      '/nowhere',
      '/login',
    ]
    for (const address of pages) {
      await page.setViewportSize({ width: 1280, height: 900 })
      await page.goto(address)
      await pageSettled(page)
      for (const colorScheme of ['light', 'dark'] as const) {
        await switchTheme(page, colorScheme)
        for (const fault of await accessibilityFaults(page)) found.push(`${address} (${colorScheme}) ${fault}`)
      }
      await page.setViewportSize({ width: 390, height: 844 })
      const overflow = await overflowOf(page)
      if (overflow > 0) found.push(`${address} is ${overflow} px wider than 390`)
    }
    expect(found).toEqual([])
    expect(complaints()).toEqual([])
  })
})
