// Installs the packed package as its users will, and uses it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

const [packed] = (await readdir('package')).filter((name) => name.endsWith('.tgz'))
const folder = await mkdtemp(path.join(tmpdir(), 'package-'))
try {
  await writeFile(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
  const npm = (...args) => execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  npm('install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', path.resolve('package', packed))
  await writeFile(path.join(folder, 'use.js'), `import { formatDuration, parseDuration } from '${{ values.package }}'\nprocess.stdout.write(formatDuration(parseDuration('90m')))\n`)
  assert.equal(execFileSync(process.execPath, ['use.js'], { cwd: folder, encoding: 'utf8' }), '1h 30m')
  const files = (await readdir(path.join(folder, 'node_modules', ...'${{ values.package }}'.split('/')))).sort()
  assert.deepEqual(files, ['README.md', 'index.d.ts', 'index.js', 'package.json'])
  process.stdout.write(`${packed} works when it is installed\n`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
