import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Where suites leave their word, from the checkout's root. */
export const REPORT_FOLDER = 'node_modules/.cache/fairway-adapters'

export interface AdapterReport {
  /** The port's name, e.g. `Driver`. */
  port: string
  adapter: string
  layer: string
  /** The real thing with its version, e.g. `OpenTofu 1.12.6`, or `stand-in: …`. */
  against: string
}

/** Called by an adapter's test after its contract suite passed: docs/real.md is made of these. */
export function reportAdapter(report: AdapterReport): void {
  const folder = path.resolve(REPORT_FOLDER)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, `${report.port}-${report.adapter}.json`.replaceAll(/[^\w.-]/g, '_')), `${JSON.stringify(report)}\n`)
}
