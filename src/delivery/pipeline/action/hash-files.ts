import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { findFiles } from './find-files.ts'

/** `hashFiles()` of expressions: SHA-256 over the SHA-256 of each file of the workspace that matches, in order; empty when none does. */
export function hashFiles(workspace: string, patterns: readonly string[]): string {
  const { files } = findFiles(patterns, { base: workspace, within: [workspace] })
  if (files.length === 0) return ''
  const whole = createHash('sha256')
  for (const file of files) whole.update(createHash('sha256').update(readFileSync(file)).digest())
  return whole.digest('hex')
}
