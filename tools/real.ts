import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import { loadSettings } from '#kernel/node/config'
import { writeRealReport } from './real-report.ts'

/**
 * `npm run real -- NAME...` puts real tools that tests and adapters want into FAIRWAY_REAL. They are built from pinned public Go modules, whose
 * content Go's checksum database verifies; what lies there in the right version is taken. `npm run real -- report` writes docs/real.md.
 */
interface RealTool {
  binary: string
  module: string
  version: string
  package: string
  linkerFlags: string
  /** Arguments that print the version; the output must hold `version`. */
  versionArgs: string[]
}

const TOOLS: Record<string, RealTool> = {
  opentofu: {
    binary: 'tofu',
    module: 'github.com/opentofu/opentofu',
    version: '1.12.6',
    package: './cmd/tofu',
    linkerFlags: "-X 'github.com/opentofu/opentofu/version.dev=no'",
    versionArgs: ['version'],
  },
}

const checkout = path.resolve(import.meta.dirname, '..')
const { realDir } = loadSettings(checkout)
const names = process.argv.slice(2)
if (names.length === 0) fail(`name a tool: ${[...Object.keys(TOOLS), 'report'].join(', ')}`)
for (const name of names) {
  if (name === 'report') process.stdout.write(`${writeRealReport(checkout)}\n`)
  else install(name)
}

function install(name: string): void {
  const tool = TOOLS[name]
  if (!tool) fail(`there is no tool "${name}"; there are: ${Object.keys(TOOLS).join(', ')}`)
  const target = path.join(realDir, tool.binary)
  if (isThere(tool, target)) return void process.stdout.write(`${name} ${tool.version} is there: ${target}\n`)
  if (spawnSync('go', ['version']).status !== 0)
    fail(`${name} is built from its Go module: install Go, or put a ${tool.binary} ${tool.version} into ${realDir}`)
  mkdirSync(realDir, { recursive: true })
  process.stdout.write(`Building ${name} ${tool.version} (some minutes) …\n`)
  const environment = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-p=2 -buildvcs=false' }
  const described = JSON.parse(
    execFileSync('go', ['mod', 'download', '-json', `${tool.module}@v${tool.version}`], { cwd: realDir, env: environment, encoding: 'utf8' }),
  ) as { Dir: string }
  const staged = `${target}.new`
  const built = spawnSync(
    'go',
    ['build', '-C', described.Dir, '-mod=readonly', '-trimpath', '-ldflags', `-s -w ${tool.linkerFlags}`, '-o', staged, tool.package],
    { env: environment, stdio: 'inherit' },
  )
  if (built.status !== 0 || !isThere(tool, staged)) fail(`${name} was not built, see above`)
  renameSync(staged, target)
  process.stdout.write(`${name} ${tool.version}: ${target}\n`)
}

function isThere(tool: RealTool, file: string): boolean {
  if (!existsSync(file)) return false
  const result = spawnSync(file, tool.versionArgs, { encoding: 'utf8' })
  return result.status === 0 && result.stdout.includes(tool.version)
}

function fail(message: string): never {
  process.stderr.write(`real: ${message}\n`)
  process.exit(2)
}
