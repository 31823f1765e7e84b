import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/**
 * `npm test [-- FILTER...] [-- --real]`: every test, then one closing line with the totals.
 * `--real` makes a test fail, not skip, when the real tool that it wants is absent.
 */
const checkout = path.resolve(import.meta.dirname, '..')
const args = process.argv.slice(2)
const isReal = args.includes('--real')
const filters = args.filter((arg) => arg !== '--real')

const folder = mkdtempSync(path.join(tmpdir(), 'fairway-test-'))
const output = path.join(folder, 'report.json')
const vitest = path.join(checkout, 'node_modules', 'vitest', 'vitest.mjs')
const result = spawnSync(process.execPath, [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${output}`, ...filters], {
  cwd: checkout,
  stdio: 'inherit',
  env: { ...process.env, ...(isReal ? { TEST_REAL: '1' } : {}) },
})
process.stdout.write(`${closingLine(output)}\n`)
rmSync(folder, { recursive: true, force: true })
process.exit(result.status ?? 1)

/** `12 passed, 0 failed, 3 skipped`; what was skipped says why in its own line above. */
function closingLine(file: string): string {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as { numPassedTests: number; numFailedTests: number; numPendingTests: number }
    return `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} skipped`
  } catch {
    return 'the tests did not come to an end'
  }
}
