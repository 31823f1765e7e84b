import { describe, expect, it } from 'vitest'
import { summariseSarif, summariseSbom } from './reports.ts'

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const run = (name: string, results: unknown[] | null): object => ({ tool: { driver: { name } }, results })
const sarif = (...runs: object[]): Uint8Array => bytes({ version: '2.1.0', runs })

describe('summariseSarif', () => {
  it('counts by tool and level, leaves out what is suppressed or passed, and tells a clean tool too', () => {
    const findings = summariseSarif([
      sarif(
        run('semgrep', [{ level: 'error' }, { level: 'note' }, {}, { level: 'error', suppressions: [{}] }, { kind: 'pass', level: 'none' }]),
        run('gitleaks', []),
      ),
      sarif(run('semgrep', [{ level: 'warning' }]), run('empty', null)),
    ])
    expect(findings).toEqual([
      { tool: 'empty', count: 0, errors: 0, warnings: 0, notes: 0 },
      { tool: 'gitleaks', count: 0, errors: 0, warnings: 0, notes: 0 },
      { tool: 'semgrep', count: 4, errors: 1, warnings: 2, notes: 1 },
    ])
  })

  it.each(['nope', { version: '2.0.0', runs: [] }, { version: '2.1.0' }, { version: '2.1.0', runs: [{ tool: {} }] }])('refuses %j', (document) => {
    expect(() => summariseSarif([bytes(document)])).toThrow('SARIF log of this build is not valid')
  })
})

describe('summariseSbom', () => {
  it('counts components', () => {
    expect(summariseSbom(bytes({ bomFormat: 'CycloneDX', specVersion: '1.6', components: [{}, {}] }))).toEqual({ components: 2 })
    expect(summariseSbom(bytes({ bomFormat: 'CycloneDX', specVersion: '1.6' }))).toEqual({ components: 0 })
  })

  it.each(['nope', { bomFormat: 'SPDX', specVersion: '1' }, {}])('refuses %j', (document) => {
    expect(() => summariseSbom(bytes(document))).toThrow('SBOM of this build is not valid')
  })
})
