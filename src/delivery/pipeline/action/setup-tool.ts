import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { runProcess } from '#kernel/node/process'
import { pipelineFaults } from '../pipeline-faults.ts'
import { findProgram } from '../runner/shell.ts'
import type { ActionContext, BuiltInAction } from './action.ts'
import { fits } from './version-range.ts'

/** A toolchain that workflows ask for, and how to find what the machine has of it. */
export interface Tool {
  /** The action's name, e.g. `actions/setup-go`. */
  action: string
  /** E.g. `Go`. */
  title: string
  /** Programs that will do, the best first. */
  programs: readonly string[]
  /** What makes it tell its version. */
  versionArgs: readonly string[]
  /** The input with the version, which is the name of the output too, e.g. `go-version`. */
  input: string
  /** Where a file says the version (as `<input>-file` names it): the first group. */
  inFile: RegExp
  /** Inputs that are known and without effect here, as there is nothing to download. */
  ignored: readonly string[]
  /** Without it the job goes on with a warning: the workflow looks for itself what there is. */
  isOptional?: boolean
}

/**
 * An action that gives what the machine has. Nothing is downloaded: another version than the one asked for is told by a notice, and what is absent
 * ends the step with words on where it has to be.
 */
export function setupTool(tool: Tool): BuiltInAction {
  return {
    inputs: Object.fromEntries([tool.input, `${tool.input}-file`, ...tool.ignored].map((name) => [name, {}])),
    run: async (context) => {
      const found = await findTool(tool, context)
      if (!found) return missing(tool, context)
      const wanted = await wantedVersion(tool, context)
      if (!fits(wanted, found.version)) context.annotate('notice', `${tool.title} ${wanted} was asked for; this runner has ${found.version}, and uses it.`)
      context.addPath(path.dirname(found.file))
      context.setOutput(tool.input, found.version)
      context.log(`${tool.title} ${found.version} from ${found.file}`)
    },
  }
}

function missing(tool: Tool, { annotate }: ActionContext): void {
  const what = `${tool.programs.join(' or ')} is not on this runner: it has to be on the PATH that the platform is started with; "fairway doctor" says what is there`
  if (tool.isOptional !== true) throw pipelineFaults.action_failed({ action: tool.action, what })
  annotate('warning', what)
}

async function findTool(tool: Tool, { env, services, signal }: ActionContext): Promise<{ file: string; version: string } | undefined> {
  const searchPath = [services.toolsDir, env['PATH']].filter((folder) => folder !== undefined).join(path.delimiter)
  for (const program of tool.programs) {
    const file = findProgram(program, searchPath)
    if (file === undefined) continue
    const result = await runProcess({ command: file, args: [...tool.versionArgs], timeoutMs: 10_000, signal, env: { ...env } }).catch(() => undefined)
    const version = result && /\d+\.\d+(?:\.\d+)?/.exec(result.stdout.toString('utf8'))?.[0]
    if (version !== undefined) return { file, version }
  }
  return undefined
}

async function wantedVersion(tool: Tool, { inputs, workspace }: ActionContext): Promise<string> {
  const given = inputs[tool.input]
  // Python's action takes several, one a line; the first is the one that is on PATH at the end.
  if (given) return given.split('\n')[0]?.trim() ?? '*'
  const name = inputs[`${tool.input}-file`]
  if (!name) return '*'
  const text = await readFile(path.join(workspace, name), 'utf8').catch(() => {
    throw pipelineFaults.action_failed({ action: tool.action, what: `there is no file "${name}"` })
  })
  return tool.inFile.exec(text)?.[1] ?? '*'
}
