import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { isFault } from '#kernel/common/fault'
import { loadSettings } from '#kernel/node/config'
import { runCli } from '../interface/cli/index.ts'

const checkout = path.resolve(import.meta.dirname, '..', '..')

async function main(): Promise<number> {
  const settings = loadSettings(checkout)
  const { version } = JSON.parse(readFileSync(path.join(checkout, 'package.json'), 'utf8')) as { version: string }
  const sources = { url: settings.url, token: settings.token, dataDir: settings.dataDir, configDir: path.join(homedir(), '.config', 'fairway') }
  return await runCli({ argv: process.argv.slice(2), sources, version, offline: async () => (await import('./offline-tools.ts')).offlineTools })
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`fairway: ${isFault(error) ? error.message : String(error)}\n`)
  process.exitCode = 2
}
