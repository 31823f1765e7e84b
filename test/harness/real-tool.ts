import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { loadSettings } from '#kernel/node/config'

/**
 * Finds a real tool for a test: in FAIRWAY_REAL, then on PATH. Absent, the test skips with the reason;
 * under `npm test -- --real` it fails instead. Use: `describe.skipIf(findRealTool('tofu').file === undefined)`.
 */
export function findRealTool(binary: string): { file: string; reason?: undefined } | { file?: undefined; reason: string } {
  const { realDir } = loadSettings(path.resolve('.'), {})
  const candidates = [
    path.join(process.env['FAIRWAY_REAL'] ?? realDir, binary),
    ...(process.env['PATH'] ?? '').split(':').map((folder) => path.join(folder, binary)),
  ]
  const file = candidates.find((candidate) => existsSync(candidate) && spawnSync(candidate, ['version'], { stdio: 'ignore' }).error === undefined)
  if (file !== undefined) return { file }
  const reason = `${binary} is not there: \`npm run real -- ${binary === 'tofu' ? 'opentofu' : binary}\` installs it`
  if (process.env['TEST_REAL'] === '1') throw new Error(reason)
  return { reason }
}
