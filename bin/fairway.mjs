#!/usr/bin/env node
// `npx fairway`: the CLI, on the pinned Node of this checkout.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const bundled = path.join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
const node = existsSync(bundled) ? bundled : process.execPath
if (!existsSync(path.join(root, 'node_modules', '.fairway-lock'))) {
  process.stderr.write('fairway: not installed yet: run `npm start` once\n')
  process.exit(1)
}
const argv = ['--disable-warning=ExperimentalWarning', path.join(root, 'src/main/cli.ts'), ...process.argv.slice(2)]
if (typeof process.execve === 'function' && process.platform !== 'win32') process.execve(node, [node, ...argv], process.env)
const child = spawn(node, argv, { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {})
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
