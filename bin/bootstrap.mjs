// The door of `npm start`, `npm test` and the rest. Plain JavaScript for whatever Node >= 20 there is: it installs what is missing or
// stale, builds the portal when its sources changed, and hands over to the pinned Node of this checkout.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const [command = 'start', ...args] = process.argv.slice(2)
const isJson = args.includes('--json')

const scripts = {
  start: () => handOver(['src/main/start.ts', ...args]),
  test: () => handOver(['tools/test.ts', ...args]),
  check: () => handOver(['tools/check.ts', ...args]),
  real: () => handOver(['tools/real.ts', ...args]),
  new: () => handOver(['tools/new.ts', ...args]),
  bench: () => handOver(['bench/run.ts', ...args]),
  install: () => process.exit(0),
}

if (!(command in scripts)) fail(`there is no script "${command}"; there are: ${Object.keys(scripts).join(', ')}`)
if (Number(process.versions.node.split('.')[0]) < 20) fail(`Node ${process.versions.node} is too old: install Node 20 or newer`)
if (spawnSync('git', ['--version'], { stdio: 'ignore' }).status !== 0) fail('git is missing: install it, then start again')
oneAtATime(() => {
  install()
  buildPortal()
})
scripts[command]()

/** `npm ci`, when node_modules is missing or from another lock file. Install scripts never run. */
function install() {
  const stamp = path.join(root, 'node_modules', '.fairway-lock')
  const wanted = hashOf(['package.json', 'package-lock.json'])
  if (readIfThere(stamp) === wanted) return
  step('install', 'Installing packages (once)')
  const result = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) fail('npm ci failed, see above: the package registry must be reachable for the first start')
  writeFileSync(stamp, wanted)
}

/** Bundles the portal into dist/portal when a source of it is newer than the last build. */
function buildPortal() {
  const stamp = path.join(root, 'dist', '.portal-sources')
  const wanted = hashOf(['package-lock.json', ...filesBelow('src/interface/portal'), ...filesBelow('src/kernel/common'), ...filesBelow('contract')])
  if (readIfThere(stamp) === wanted) return
  step('build', 'Building the portal (once)')
  const vite = path.join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const result = spawnSync(nodeOf(), [vite, 'build', '--config', 'src/interface/portal/vite.config.ts', '--logLevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (result.status !== 0) fail('the portal could not be built, see above')
  mkdirSync(path.dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}

/** Two starts at once in one checkout install once: the second waits. What a killed one left behind is taken over. */
function oneAtATime(work) {
  const lock = path.join(tmpdir(), `fairway-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`)
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      const holder = Number(readIfThere(lock) ?? 0)
      if (holder > 0 && isAlive(holder)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
      else rmSync(lock, { force: true })
    }
  }
  process.on('exit', () => rmSync(lock, { force: true }))
  work()
  rmSync(lock, { force: true })
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function handOver(argv) {
  const node = nodeOf()
  const environment = { ...process.env, NODE_NO_WARNINGS: '1' }
  // V8 lets its young generation grow to 64 MiB in the first seconds, and its old one far beyond what lives. Measured (`npm run bench memory`): so it
  // takes 60 MB less, at the same number of Changes and requests per second.
  const nodeArgs = [...JSON.parse(readFileSync(path.join(root, 'bin', 'node-arguments.json'), 'utf8')), ...argv]
  // Where this Node can, it becomes the platform instead of standing beside it.
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.chdir(root)
    process.execve(node, [node, ...nodeArgs], environment)
  }
  const child = spawn(node, nodeArgs, { cwd: root, stdio: 'inherit', env: environment })
  // The terminal sends Ctrl-C to the child too; we only wait. A signal that was meant for us alone is passed on.
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

function nodeOf() {
  const bundled = path.join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(bundled)) return bundled
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  return fail(`Fairway runs on Node 24, and npm has no build of it for ${process.platform}-${process.arch}: install Node 24 and start again`)
}

function hashOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(file).update(readFileSync(path.join(root, file)))
  return hash.digest('hex')
}

function filesBelow(folder) {
  if (!existsSync(path.join(root, folder))) return []
  return readdirSync(path.join(root, folder), { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((name) => statSync(path.join(root, name)).isFile() && !/\.(i?test)\.tsx?$/.test(name) && !name.includes(`${path.sep}dev${path.sep}`))
    .sort()
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function step(name, message) {
  if (isJson) process.stdout.write(`${JSON.stringify({ step: name, state: 'running', message })}\n`)
  else process.stderr.write(`  ${message} …\n`)
}

function fail(message) {
  process.stderr.write(`fairway: ${message}\n`)
  process.exit(1)
}
