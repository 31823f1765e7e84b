import { z } from 'zod'
import { artifactFaults } from './artifact-faults.ts'
import type { Finding } from './artifact.ts'

const sbomSchema = z.looseObject({ bomFormat: z.literal('CycloneDX'), specVersion: z.string(), components: z.array(z.unknown()).optional() })

/** Counts the components of a CycloneDX document. @throws `delivery.artifact.bad_report`. */
export function summariseSbom(bytes: Uint8Array): { components: number } {
  const sbom = parse('SBOM', bytes, sbomSchema)
  return { components: sbom.components?.length ?? 0 }
}

const resultSchema = z.looseObject({
  level: z.enum(['none', 'note', 'warning', 'error']).default('warning'), // SARIF 2.1.0, 3.27.10: warning when absent
  kind: z.string().optional(),
  suppressions: z.array(z.unknown()).optional(),
})
const sarifSchema = z.looseObject({
  version: z.literal('2.1.0'),
  runs: z.array(z.looseObject({ tool: z.looseObject({ driver: z.looseObject({ name: z.string() }) }), results: z.array(resultSchema).nullish() })),
})

/** Counts the findings of SARIF logs by tool and level, sorted by tool. A tool that ran and found nothing is told with 0. @throws `delivery.artifact.bad_report`. */
export function summariseSarif(logs: readonly Uint8Array[]): Finding[] {
  const findings = new Map<string, Finding>()
  for (const log of logs) {
    for (const run of parse('SARIF log', log, sarifSchema).runs) {
      const tool = run.tool.driver.name
      const finding = findings.get(tool) ?? { tool, count: 0, errors: 0, warnings: 0, notes: 0 }
      findings.set(tool, finding)
      for (const result of run.results ?? []) {
        if ((result.suppressions?.length ?? 0) > 0 || (result.kind !== undefined && result.kind !== 'fail')) continue
        finding.count += 1
        if (result.level === 'error') finding.errors += 1
        else if (result.level === 'warning') finding.warnings += 1
        else finding.notes += 1
      }
    }
  }
  return [...findings.values()].sort((a, b) => (a.tool < b.tool ? -1 : 1))
}

function parse<T>(report: string, bytes: Uint8Array, schema: z.ZodType<T>): T {
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw artifactFaults.bad_report({ report, why: 'it is not JSON' }, { cause: error })
  }
  const result = schema.safeParse(document)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw artifactFaults.bad_report({ report, why: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}` })
}
