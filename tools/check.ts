import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { checkLayers } from './layers.ts'

const checkout = path.resolve(import.meta.dirname, '..')
const write = process.argv.includes('--write')
const FEWEST_FILES = 250
const bin = (name: string): string => path.join(checkout, 'node_modules', '.bin', name)

interface Check {
  name: string
  run: () => Promise<string | undefined> | string | undefined
}

/** Runs a tool; its output is the fault when it fails. */
function tool(name: string, args: string[]): string | undefined {
  const result = spawnSync(bin(name), args, { cwd: checkout, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return result.status === 0 ? undefined : `${result.stdout}${result.stderr}${result.error?.message ?? ''}`.trim()
}

function layers(): string | undefined {
  const report = checkLayers(checkout)
  const faults = report.faults.map((fault) => `${fault.file}: ${fault.message}`)
  if (report.filesSeen < FEWEST_FILES) faults.push(`only ${report.filesSeen} files were seen, fewer than ${FEWEST_FILES}: the check itself is blind`)
  return faults.length === 0 ? undefined : faults.join('\n')
}

async function drift(): Promise<string | undefined> {
  const { contractDrift } = await import('./generate-contract.ts')
  const { documentsDrift } = await import('./generate-documents.ts')
  const drifted = [...(await contractDrift(checkout, write)), ...(await documentsDrift(checkout, write))]
  if (drifted.length === 0 || write) return undefined
  return `${drifted.join(', ')} differ from what the code says: run \`npm run check -- --write\` and commit`
}

const checks: Check[] = [
  { name: 'format', run: () => tool('oxfmt', write ? ['.'] : ['--check', '.']) },
  { name: 'lint', run: () => tool('oxlint', ['--type-aware', '--deny-warnings']) },
  { name: 'types (node)', run: () => tool('tsc', ['-p', 'tsconfig.node.json']) },
  { name: 'types (browser)', run: () => tool('tsc', ['-p', 'tsconfig.browser.json']) },
  { name: 'layers', run: layers },
  { name: 'dead code', run: () => tool('knip', ['--no-progress']) },
  { name: 'generated files', run: drift },
]

let failed = 0
for (const check of checks) {
  const startedAt = performance.now()
  const fault = await check.run()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`${fault === undefined ? 'ok  ' : 'FAIL'} ${check.name} (${seconds} s)\n`)
  if (fault !== undefined) {
    failed += 1
    process.stdout.write(`${fault.replaceAll(/^/gm, '     ')}\n`)
  }
}
process.exit(failed === 0 ? 0 : 1)
