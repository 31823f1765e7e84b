import { renameSync, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { flushCompileCache } from 'node:module'
import path from 'node:path'
import { parseArgs } from 'node:util'
import pc from 'picocolors'
import { createClient } from '#contract'
import { loadSettings, type Settings } from '#kernel/node/config'
import { createLogger } from '#kernel/node/log'
import { jsonProgress, reportText, terminalProgress, walk, type WalkProgress, type WalkReport } from '../interface/walk/index.ts'
import { makeDataFolder } from './data-folder.ts'
import { startPlatform, type Platform } from './platform.ts'

const checkout = path.resolve(import.meta.dirname, '..', '..')
/** What `--help` says. */
export const USAGE = `npm start -- [--no-walk] [--hold] [--once] [--json]
  --no-walk  an empty platform
  --hold     leave the production approvals of the first walk to you
  --once     stop after the walk; exits with 0 only when each step was verified
  --json     progress as JSON lines
`

const MAX_LOG_BYTES = 20 * 1024 * 1024

interface Flags {
  walk: boolean
  hold: boolean
  once: boolean
  json: boolean
}

/** `npm start`: starts the platform, walks, and stays until a signal. @returns the exit code. */
export async function runStart(): Promise<number> {
  const flags = readFlags()
  const settings = loadSettings(checkout)
  makeDataFolder(settings.dataDir)
  const logFile = path.join(settings.dataDir, 'fairway.log')
  keepLogSmall(logFile)
  const log = createLogger({ level: settings.logLevel, file: logFile })
  const stop = new AbortController()
  const stopping = new Promise<'stopped'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        stop.abort(new Error('stopped'))
        resolve('stopped')
      })
    }
  })
  const progress = progressOf(flags)
  progress.begin('start', 'Start the platform')
  const platform = await startPlatform({ settings, checkout, log })
  let exitCode = 0
  try {
    progress.end('done', `${platform.url}, data in ${path.relative(process.cwd(), settings.dataDir) || '.'}`)
    flushCompileCache() // now rather than at the end, so that Ctrl-C need not wait for it
    const report = flags.walk ? await walkOnce(flags, settings, platform, progress, stop.signal) : undefined
    if (!stop.signal.aborted) await say(flags, platform, report)
    if (!flags.once) await stopping
  } catch (error) {
    if (!stop.signal.aborted) {
      exitCode = 1
      complain(flags, progress, error)
      log.error('the first walk failed', { error })
      if (!flags.once) {
        if (!flags.json)
          process.stdout.write(`\n  The platform stays up at ${await platform.loginLink()}\n  Start again, and the walk goes on. Ctrl-C stops.\n`)
        await stopping
      }
    }
  }
  if (!flags.json) process.stdout.write(`${pc.dim('\n  Stopping …')}\n`)
  await platform[Symbol.asyncDispose]()
  return stop.signal.aborted && !flags.once ? 0 : exitCode
}

/** At a start, a log that has grown large becomes `fairway.log.1`, and the one before goes. */
function keepLogSmall(file: string): void {
  try {
    if (statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.1`)
  } catch {
    // there is none yet
  }
}

/** The walk of the first start; later starts only show how it ended, unless they are to verify it (`--once`). */
async function walkOnce(flags: Flags, settings: Settings, platform: Platform, progress: WalkProgress, signal: AbortSignal): Promise<WalkReport> {
  const file = path.join(settings.dataDir, 'walk.json')
  const saved = await readFile(file, 'utf8').catch(() => undefined)
  if (saved !== undefined && !flags.once) return JSON.parse(saved) as WalkReport
  const token = (await readFile(path.join(settings.dataDir, 'admin.token'), 'utf8')).trim()
  const report = await walk({
    administrator: createClient({ baseUrl: platform.url, token }),
    ingressUrl: platform.ingressUrl,
    progress,
    signal,
    hold: flags.hold,
    onHold: (change) => progress.detail(`waits for you: ${platform.url}/changes/${change.id} or \`npx fairway approve ${change.id}\``),
  })
  await writeFile(file, `${JSON.stringify(report)}\n`)
  return report
}

async function say(flags: Flags, platform: Platform, report: WalkReport | undefined): Promise<void> {
  if (flags.json)
    return void process.stdout.write(`${JSON.stringify(report ? { walk: report } : { ready: { url: platform.url, ingressUrl: platform.ingressUrl } })}\n`)
  if (report) process.stdout.write(`\n${reportText(report)}\n`)
  if (flags.once) return
  process.stdout.write(
    `\n  Portal   ${pc.bold(platform.url)}\n  Sign in  ${await platform.loginLink()}\n  CLI      npx fairway status\n\n  ${pc.dim('Ctrl-C stops everything.')}\n`,
  )
}

function progressOf(flags: Flags): WalkProgress {
  if (flags.json) return jsonProgress((line) => void process.stdout.write(`${line}\n`))
  return terminalProgress({
    write: (text) => void process.stdout.write(text),
    isInteractive: process.stdout.isTTY,
    width: process.stdout.columns ?? 100,
    now: () => performance.now(),
  })
}

function complain(flags: Flags, progress: WalkProgress, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  progress.end('failed', message)
  if (flags.json) process.stdout.write(`${JSON.stringify({ error: { message, code: (error as { code?: string }).code ?? null } })}\n`)
}

function readFlags(): Flags {
  const { values } = parseArgs({
    options: { 'no-walk': { type: 'boolean' }, hold: { type: 'boolean' }, once: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
  })
  if (values.help === true) {
    process.stdout.write(USAGE)
    process.exit(0)
  }
  return { walk: values['no-walk'] !== true, hold: values.hold === true, once: values.once === true, json: values.json === true }
}
