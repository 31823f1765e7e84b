import { spawn } from 'node:child_process'
import { childEnvironment } from '#kernel/node/config'

export interface CliResult {
  code: number
  stdout: string
  stderr: string
}

/** Runs `fairway …` as a process, as `npx fairway` does, against a platform's data folder or by a token. */
export async function runFairway(args: string[], environment: Record<string, string>, input = ''): Promise<CliResult> {
  const child = spawn(process.execPath, ['bin/fairway.mjs', ...args], {
    env: { ...childEnvironment(), NO_COLOR: '1', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin.end(input)
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit) => resolve(exit ?? 1))
  })
  return { code, stdout, stderr }
}
