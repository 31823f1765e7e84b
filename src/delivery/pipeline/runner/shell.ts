import { accessSync, constants, statSync } from 'node:fs'
import path from 'node:path'

/** How a script is run: `{0}` stands for its file. */
export interface ShellCommand {
  command: string
  args: string[]
  /** What the script's file must end with. */
  extension: string
  /** Shown in the log, e.g. `bash -e {0}`. */
  display: string
}

// https://docs.github.com/actions/reference/workflow-syntax-for-github-actions#jobsjob_idstepsshell
const KNOWN: Readonly<Record<string, { template: string; extension: string }>> = {
  bash: { template: 'bash --noprofile --norc -eo pipefail {0}', extension: '.sh' },
  sh: { template: 'sh -e {0}', extension: '.sh' },
  python: { template: 'python {0}', extension: '.py' },
  pwsh: { template: "pwsh -command . '{0}'", extension: '.ps1' },
  node: { template: 'node {0}', extension: '.js' },
}

/**
 * The command of a shell. Without a name it is `bash -e {0}`, or `sh -e {0}` where there is no bash, as at GitHub.
 * @param searchPath `PATH` of the step.
 * @returns undefined for a custom shell without `{0}`.
 */
export function resolveShell(shell: string | undefined, script: (extension: string) => string, searchPath: string): ShellCommand | undefined {
  const hasBash = findProgram('bash', searchPath) !== undefined
  const known = shell === undefined ? { template: hasBash ? 'bash -e {0}' : 'sh -e {0}', extension: '.sh' } : KNOWN[shell === 'bash' && !hasBash ? 'sh' : shell]
  const template = known?.template ?? shell ?? ''
  if (!template.includes('{0}')) return undefined
  const extension = known?.extension ?? ''
  const file = script(extension)
  const [command = '', ...args] = template.split(/\s+/).filter(Boolean)
  return { command, args: args.map((argument) => argument.replaceAll('{0}', file)), extension, display: template }
}

/** The file of a program on a search path. */
export function findProgram(name: string, searchPath: string): string | undefined {
  for (const folder of searchPath.split(path.delimiter)) {
    const file = path.join(folder, name)
    try {
      accessSync(file, constants.X_OK)
      if (statSync(file).isFile()) return file
    } catch {
      // Not there: the next folder.
    }
  }
  return undefined
}
