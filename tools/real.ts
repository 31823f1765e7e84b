import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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
  tags?: string
  /** Packages whose `go generate` makes files that the module does not have; it runs on a copy. */
  generate?: readonly string[]
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
  gitea: {
    binary: 'gitea',
    module: 'code.gitea.io/gitea',
    version: '1.26.0',
    package: '.',
    linkerFlags: '-X main.Version=1.26.0 -X main.Tags=bindata',
    tags: 'bindata',
    generate: ['./modules/options', './modules/public', './modules/templates', './modules/migration'],
    versionArgs: ['--version'],
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
  const tags = tool.tags === undefined ? [] : ['-tags', tool.tags]
  const copy = tool.generate === undefined ? undefined : copyOf(described.Dir)
  try {
    const source = copy ?? described.Dir
    for (const folder of tool.generate ?? []) run(['generate', '-C', source, '-mod=mod', ...tags, folder], environment, name)
    const mode = copy === undefined ? '-mod=readonly' : '-mod=mod'
    run(['build', '-C', source, mode, '-trimpath', ...tags, '-ldflags', `-s -w ${tool.linkerFlags}`, '-o', staged, tool.package], environment, name)
  } finally {
    if (copy !== undefined) rmSync(copy, { recursive: true, force: true })
  }
  if (!isThere(tool, staged)) fail(`${name} was built, but is not version ${tool.version}`)
  renameSync(staged, target)
  process.stdout.write(`${name} ${tool.version}: ${target}\n`)
}

/** Of a module in Go's cache, which can't be written to. */
function copyOf(folder: string): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'real-'))
  cpSync(folder, copy, { recursive: true })
  execFileSync('chmod', ['-R', 'u+w', copy])
  return copy
}

function run(args: string[], environment: NodeJS.ProcessEnv, name: string): void {
  if (spawnSync('go', args, { env: environment, stdio: 'inherit' }).status !== 0) fail(`${name} was not built, see above`)
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
