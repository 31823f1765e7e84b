import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { isFault } from '#kernel/common/fault'
import { newId } from '#kernel/common/id'
import type { ActionContext, ActionServices } from '../action/action.ts'
import { findBuiltIn } from '../action/built-in-actions.ts'
import type { Conclusion, RunRecord } from '../run/run.ts'
import { parseActionReference } from '../workflow/check-workflow.ts'
import { FileCommandProblem, isSettable, MAX_FILE_COMMAND_BYTES, parseFileCommands } from './file-command.ts'
import type { JobOutput } from './job-output.ts'
import { recordGroup, type JobWorkspace } from './job-workspace.ts'
import { resolveShell } from './shell.ts'
import { runStepProcess } from './step-process.ts'

const GRACE_MS = 5_000

/** What a step finds, and what it may leave for those after it. */
export interface StepFrame {
  stepId: string
  file: string
  line: number
  /** Environment, lowest first: base, workflow, job, earlier steps, own. */
  env: Readonly<Record<string, string>>
  /** The part of it that the workflow made, for the log. */
  shownEnv: Readonly<Record<string, string>>
  /** Over all: GitHub's own variables. */
  fixedEnv: Readonly<Record<string, string>>
  /** Written by `GITHUB_ENV`. */
  jobEnv: Record<string, string>
  /** Written by `GITHUB_PATH`, the newest first. */
  paths: string[]
  output: JobOutput
  workspace: JobWorkspace
  run: RunRecord
  services: ActionServices
  jobStatus: () => Conclusion
  timeoutMs: number
  signal: AbortSignal
}

/** How a step ended, and what it says to later ones. */
export interface StepOutcome {
  conclusion: Extract<Conclusion, 'success' | 'failure' | 'cancelled'>
  outputs: Record<string, string>
  /** What an action wants to do at the end of the job. */
  post?: { name: string; onlyOnSuccess: boolean; run: (signal: AbortSignal) => Promise<StepOutcome> }
}

/** Runs a `run` step: its script as a file, by its shell, in a process group of its own. */
export async function runScript(
  step: { script: string; shell: string | undefined; workingDirectory: string | undefined },
  frame: StepFrame,
): Promise<StepOutcome> {
  const { output, workspace } = frame
  const searchPath = [...frame.paths, frame.env['PATH'] ?? ''].join(path.delimiter)
  const file = path.join(workspace.temp, newId('script'))
  const shell = resolveShell(step.shell, (extension) => `${file}${extension}`, searchPath)
  if (!shell) return failed(frame, `the shell "${step.shell}" has no {0}, where the script's file goes`)
  await writeFile(`${file}${shell.extension}`, step.script.endsWith('\n') ? step.script : `${step.script}\n`, { mode: 0o600 })
  describeScript(step.script, shell.display, frame)
  const commands = await CommandFiles.create(frame)
  const cwd = path.resolve(workspace.workspace, step.workingDirectory ?? '')
  if (!(await isFolder(cwd))) return failed(frame, `the working directory "${step.workingDirectory}" does not exist`)
  try {
    const result = await runStepProcess({
      command: shell.command,
      args: shell.args,
      cwd,
      env: { ...frame.env, PATH: searchPath, ...frame.fixedEnv, ...commands.environment(), GITHUB_ACTION: frame.stepId },
      stdout: output.sink(),
      stderr: output.sink(),
      onStart: (pid) => recordGroup(workspace.root, pid),
      signal: frame.signal,
      timeoutMs: Math.min(frame.timeoutMs, 2 ** 31 - 1),
      graceMs: GRACE_MS,
    })
    const outputs = await commands.collect()
    if (result.stoppedBy === 'cancel') {
      output.annotate('error', 'The operation was canceled.')
      return { conclusion: 'cancelled', outputs }
    }
    if (result.stoppedBy === 'timeout') return { ...failed(frame, `the step has timed out after ${frame.timeoutMs / 60_000} minutes`), outputs }
    if (result.exitCode === 0) return { conclusion: 'success', outputs }
    return {
      ...failed(frame, result.exitCode === null ? `Process was ended by ${result.signal}.` : `Process completed with exit code ${result.exitCode}.`),
      outputs,
    }
  } catch (error) {
    if (error instanceof FileCommandProblem || isFault(error)) return failed(frame, error.message)
    throw error
  }
}

/** Runs a built-in action in this process. */
export async function runAction(reference: string, given: Record<string, string>, frame: StepFrame): Promise<StepOutcome> {
  const action = findBuiltIn(parseActionReference(reference)?.name ?? '')
  if (!action) return failed(frame, `the action "${reference}" is not built in`)
  const { output } = frame
  const inputs = Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]))
  const unknown = Object.keys(inputs).filter((name) => !Object.keys(action.inputs).some((known) => known.toLowerCase() === name))
  output.write(`##[group]Run ${reference}`)
  for (const [name, value] of Object.entries(inputs)) output.write(`  ${name}: ${value}`)
  output.write('##[endgroup]')
  if (unknown.length > 0)
    output.annotate(
      'warning',
      `Unexpected input(s) ${unknown.map((name) => `'${name}'`).join(', ')}, valid inputs are ${Object.keys(action.inputs).join(', ')}`,
      { file: frame.file, line: frame.line },
    )
  for (const [name, spec] of Object.entries(action.inputs)) {
    if (inputs[name] === undefined && spec.default !== undefined) inputs[name] = spec.default
    if (spec.required && !inputs[name]) return failed(frame, `${reference}: the input "${name}" is required`)
  }
  const outputs: Record<string, string> = {}
  const state = new Map<string, string>()
  const attempt = async (work: (context: ActionContext) => Promise<void>, signal: AbortSignal): Promise<StepOutcome> => {
    try {
      await work({ ...contextOf(frame, inputs, outputs, state), signal })
      return { conclusion: 'success', outputs }
    } catch (error) {
      if (signal.aborted) return { conclusion: 'cancelled', outputs }
      return { ...failed(frame, isFault(error) ? error.message : `${reference}: ${error instanceof Error ? error.message : String(error)}`), outputs }
    }
  }
  const signal = AbortSignal.any([frame.signal, AbortSignal.timeout(Math.min(frame.timeoutMs, 2 ** 31 - 1))])
  const outcome = await attempt(action.run, signal)
  const { post } = action
  return post && outcome.conclusion === 'success'
    ? { ...outcome, post: { name: `Post ${reference}`, onlyOnSuccess: post.onlyOnSuccess, run: async (later) => await attempt(post.run, later) } }
    : outcome
}

function contextOf(
  frame: StepFrame,
  inputs: Record<string, string>,
  outputs: Record<string, string>,
  state: Map<string, string>,
): Omit<ActionContext, 'signal'> {
  return {
    inputs,
    run: frame.run,
    workspace: frame.workspace.workspace,
    temp: frame.workspace.temp,
    env: { ...frame.env, PATH: [...frame.paths, frame.env['PATH'] ?? ''].join(path.delimiter) },
    log: (text) => frame.output.write(text),
    annotate: (level, message) => frame.output.annotate(level, message, { file: frame.file, line: frame.line }),
    setOutput: (name, value) => {
      outputs[name] = value
    },
    exportVariable: (name, value) => {
      frame.jobEnv[name] = value
    },
    addPath: (folder) => {
      frame.paths.unshift(folder)
    },
    state,
    jobStatus: frame.jobStatus,
    services: frame.services,
  }
}

/** As GitHub shows a step: the script folded, then its shell and the variables that the workflow set. */
function describeScript(script: string, shell: string, { output, shownEnv }: StepFrame): void {
  const lines = script.trimEnd().split('\n')
  output.write(`##[group]Run ${lines[0] ?? ''}`)
  for (const line of lines) output.write(`\u001b[36m${line}\u001b[0m`)
  output.write(`shell: ${shell}`)
  if (Object.keys(shownEnv).length > 0) output.write('env:')
  for (const [name, value] of Object.entries(shownEnv)) output.write(`  ${name}: ${value}`)
  output.write('##[endgroup]')
}

function failed(frame: StepFrame, message: string): StepOutcome {
  frame.output.annotate('error', message, { file: frame.file, line: frame.line })
  return { conclusion: 'failure', outputs: {} }
}

async function isFolder(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined))?.isDirectory() === true
}

/** The files by which a script sets outputs, variables and paths: fresh for each step, read when it is over, also when it failed. */
class CommandFiles {
  readonly #frame: StepFrame
  readonly #files: Record<FileName, string>

  private constructor(frame: StepFrame) {
    this.#frame = frame
    const stem = path.join(frame.workspace.commands, newId('step'))
    this.#files = {
      GITHUB_OUTPUT: `${stem}-output`,
      GITHUB_ENV: `${stem}-env`,
      GITHUB_PATH: `${stem}-path`,
      GITHUB_STEP_SUMMARY: `${stem}-summary`,
      GITHUB_STATE: `${stem}-state`,
    }
  }

  static async create(frame: StepFrame): Promise<CommandFiles> {
    const files = new CommandFiles(frame)
    await Promise.all(Object.values(files.#files).map(async (file) => await writeFile(file, '', { mode: 0o600 })))
    return files
  }

  environment(): Record<string, string> {
    return this.#files
  }

  /** @throws FileCommandProblem for what can't be read. */
  async collect(): Promise<Record<string, string>> {
    for (const [name, value] of parseFileCommands(await this.#read('GITHUB_ENV'))) {
      if (isSettable(name)) this.#frame.jobEnv[name] = value
      else this.#frame.output.annotate('warning', `The variable "${name}" can't be set by GITHUB_ENV.`)
    }
    for (const folder of (await this.#read('GITHUB_PATH')).split(/\r?\n/).filter(Boolean)) this.#frame.paths.unshift(folder)
    return Object.fromEntries(parseFileCommands(await this.#read('GITHUB_OUTPUT')))
  }

  async #read(name: FileName): Promise<string> {
    const file = this.#files[name]
    // A step may have put a link, a device or a novel there.
    const stats = await stat(file).catch(() => undefined)
    if (!stats) return ''
    if (!stats.isFile() || stats.size > MAX_FILE_COMMAND_BYTES)
      throw new FileCommandProblem(`Invalid file $${name}: it is no plain file of at most ${MAX_FILE_COMMAND_BYTES} bytes`)
    return await readFile(file, 'utf8')
  }
}

type FileName = 'GITHUB_OUTPUT' | 'GITHUB_ENV' | 'GITHUB_PATH' | 'GITHUB_STEP_SUMMARY' | 'GITHUB_STATE'
