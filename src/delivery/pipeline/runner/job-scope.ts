import { arch, platform } from 'node:os'
import type { Json, JsonObject } from '#kernel/common/json'
import type { Secret } from '#kernel/common/secret'
import { hashFiles } from '../action/hash-files.ts'
import type { Scope, ScopeFunction } from '../expression/expression.ts'
import { githubContext } from '../run/github-context.ts'
import type { Conclusion, JobRecord, NeedResult, RunRecord } from '../run/run.ts'

/** What all expressions of a run share. */
export interface RunValues {
  run: RunRecord
  publicUrl: string
  variables: Readonly<Record<string, string>>
  secrets: Readonly<Record<string, Secret>>
}

/** Contexts of a job before it runs: condition, matrix, name. */
export function jobScope(values: RunValues, needs: Readonly<Record<string, NeedResult>>, ancestors: readonly Conclusion[], isCancelled: boolean): Scope {
  const functions: Record<string, ScopeFunction> = {
    always: { minArgs: 0, maxArgs: 0, call: () => true },
    cancelled: { minArgs: 0, maxArgs: 0, call: () => isCancelled },
    success: { minArgs: 0, maxArgs: 255, call: () => !isCancelled && ancestors.every((result) => result === 'success') },
    failure: { minArgs: 0, maxArgs: 255, call: () => !isCancelled && ancestors.some((result) => result === 'failure' || result === 'timed_out') },
  }
  return { contexts: { ...sharedContexts(values), needs: needs as unknown as Json }, functions }
}

/** `strategy` and `matrix` of one job, added to its contexts. */
export function strategyContexts(job: Pick<JobRecord, 'matrix' | 'matrixIndex' | 'matrixTotal' | 'maxParallel' | 'isFailFast'>): Record<string, Json> {
  const strategy = {
    'fail-fast': job.isFailFast,
    'job-index': job.matrixIndex,
    'job-total': job.matrixTotal,
    'max-parallel': job.maxParallel ?? job.matrixTotal,
  }
  return { strategy, matrix: Object.keys(job.matrix).length === 0 ? null : job.matrix }
}

/** The contexts of expressions that are the same in all jobs of a run. */
export function sharedContexts(values: RunValues): Record<string, Json> {
  return { github: githubContext(values.run, values.publicUrl), inputs: values.run.inputs, vars: { ...values.variables } }
}

/** Secrets as expressions see them: their text, which the log masks. */
export function secretsContext(secrets: Readonly<Record<string, Secret>>): JsonObject {
  return Object.fromEntries(Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()]))
}

/** Functions of steps. */
export function stepFunctions(status: () => Conclusion, workspace: string): Record<string, ScopeFunction> {
  return {
    always: { minArgs: 0, maxArgs: 0, call: () => true },
    cancelled: { minArgs: 0, maxArgs: 0, call: () => status() === 'cancelled' || status() === 'timed_out' },
    success: { minArgs: 0, maxArgs: 0, call: () => status() === 'success' },
    failure: { minArgs: 0, maxArgs: 0, call: () => status() === 'failure' },
    hashfiles: { minArgs: 1, maxArgs: 255, call: (...patterns) => hashFiles(workspace, patterns.map(String)) },
  }
}

/** `runner` of expressions. */
export function runnerContext(temp: string, toolCache: string): JsonObject {
  return { name: 'fairway', os: runnerOs(), arch: runnerArch(), temp, tool_cache: toolCache, environment: 'self-hosted', debug: '' }
}

/** `runner.os` of expressions. */
export function runnerOs(): 'Linux' | 'macOS' | 'Windows' {
  if (platform() === 'darwin') return 'macOS'
  return platform() === 'win32' ? 'Windows' : 'Linux'
}

function runnerArch(): string {
  const names: Readonly<Record<string, string>> = { x64: 'X64', arm64: 'ARM64', ia32: 'X86', arm: 'ARM' }
  return names[arch()] ?? arch().toUpperCase()
}
