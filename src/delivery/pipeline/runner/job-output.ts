import { Secret } from '#kernel/common/secret'
import type { JobLog } from '../log/job-log.ts'
import { LineSplitter } from '../log/line-splitter.ts'
import type { SecretMask } from '../log/secret-mask.ts'
import { parseWorkflowCommand, type WorkflowCommand } from '../log/workflow-command.ts'
import type { Annotation } from '../run/run.ts'
import type { OutputSink } from './step-process.ts'

/** More remarks of one job are in the log only. */
const MAX_ANNOTATIONS = 100
const MAX_MESSAGE_LENGTH = 4_000
/** Commands of old that set something by a line of output: whoever can make a step print can send them, so they do nothing here. */
const UNSAFE = new Set(['set-env', 'set-output', 'add-path', 'save-state'])

/** Where the output of a job goes: masked lines in its log, workflow commands obeyed, remarks collected. */
export class JobOutput {
  readonly annotations: Annotation[] = []
  readonly #log: JobLog
  readonly #mask: SecretMask
  readonly #isDebug: boolean
  /** Set by `::stop-commands::`: until it comes back, lines are only lines. */
  #stopToken: string | undefined

  constructor(log: JobLog, mask: SecretMask, options: { isDebug: boolean }) {
    this.#log = log
    this.#mask = mask
    this.#isDebug = options.isDebug
  }

  get nextLine(): number {
    return this.#log.nextLine
  }

  /** A line of the runner itself. */
  write(text: string): void {
    this.#log.write(this.#mask.apply(text))
  }

  hasSecret(text: string): boolean {
    return this.#mask.hasSecret(text)
  }

  mask(text: string): string {
    return this.#mask.apply(text)
  }

  /** A remark: in the log, and among the annotations. */
  annotate(level: Annotation['level'], message: string, place: { file?: string; line?: number } = {}): void {
    const masked = this.#mask.apply(message)
    this.#log.write(`##[${level}]${masked.replace(/\r?\n/g, '\n')}`)
    if (this.annotations.length < MAX_ANNOTATIONS) this.annotations.push({ level, message: masked.slice(0, MAX_MESSAGE_LENGTH), ...place })
  }

  /** Takes one stream of a step. */
  sink(): OutputSink {
    const splitter = new LineSplitter(this.#mask, (line) => this.#line(line))
    return { push: (chunk) => splitter.push(chunk), end: () => splitter.end(), room: async () => await this.#log.room() }
  }

  /** A step is over: a stop of commands ends with it. */
  endStep(): void {
    this.#stopToken = undefined
  }

  #line(line: string): void {
    if (this.#stopToken !== undefined) {
      if (line.trim() === `::${this.#stopToken}::`) this.#stopToken = undefined
      this.#log.write(line)
      return
    }
    const command = parseWorkflowCommand(line)
    if (command) this.#obey(command, line)
    else this.#log.write(line)
  }

  #obey(command: WorkflowCommand, line: string): void {
    switch (command.name) {
      case 'error':
      case 'warning':
      case 'notice':
        return this.annotate(command.name, command.message, placeOf(command))
      case 'group':
        return this.#log.write(`##[group]${command.message}`)
      case 'endgroup':
        return this.#log.write('##[endgroup]')
      case 'debug':
        if (this.#isDebug) this.#log.write(`##[debug]${command.message}`)
        return
      case 'add-mask':
        // What came before can't be hidden any more; everything from here on is.
        this.#mask.add(new Secret(command.message))
        return this.#log.write('::add-mask::***')
      case 'stop-commands':
        this.#stopToken = command.message
        return this.#log.write(line)
      case 'echo':
      case 'add-matcher':
      case 'remove-matcher':
        return
      default:
        if (UNSAFE.has(command.name))
          this.annotate(
            'warning',
            `The command "${command.name}" is ignored, since any printed text could send it; write to the file $${fileOf(command.name)} instead`,
          )
        else this.#log.write(line)
    }
  }
}

function fileOf(command: string): string {
  return { 'set-env': 'GITHUB_ENV', 'set-output': 'GITHUB_OUTPUT', 'add-path': 'GITHUB_PATH', 'save-state': 'GITHUB_STATE' }[command] ?? ''
}

function placeOf(command: WorkflowCommand): { file?: string; line?: number } {
  const line = Number(command.properties['line'])
  return { ...(command.properties['file'] ? { file: command.properties['file'] } : {}), ...(Number.isInteger(line) && line > 0 ? { line } : {}) }
}
