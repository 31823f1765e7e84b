import { spawnSync } from 'node:child_process'
import path from 'node:path'

/**
 * `npm test [-- FILTER...] [-- --real]`: every project, one after the other, then one closing line with the totals.
 * `--real` makes a test fail, not skip, when the real tool that it wants is absent.
 */
const checkout = path.resolve(import.meta.dirname, '..')
const args = process.argv.slice(2)
const isReal = args.includes('--real')
const filters = args.filter((arg) => arg !== '--real')

const result = spawnSync(process.execPath, [path.join(checkout, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...filters], {
  cwd: checkout,
  stdio: 'inherit',
  env: { ...process.env, ...(isReal ? { TEST_REAL: '1' } : {}) },
})
process.exit(result.status ?? 1)
