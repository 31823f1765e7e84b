/** A line or block of a file command that can't be read; the step fails with it. */
export class FileCommandProblem extends Error {}

/** More in one file is refused. */
export const MAX_FILE_COMMAND_BYTES = 4 * 1024 * 1024

/**
 * Reads what a step wrote into `GITHUB_OUTPUT`, `GITHUB_ENV` or `GITHUB_STATE`: lines `name=value`, and blocks `name<<END … END`.
 * @throws FileCommandProblem.
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions#multiline-strings
 */
export function parseFileCommands(text: string): [name: string, value: string][] {
  const lines = text.replace(/\r\n/g, '\n').split('\n')
  const found: [string, string][] = []
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string
    if (line === '') continue
    const equals = line.indexOf('=')
    const heredoc = line.indexOf('<<')
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      if (equals === 0) throw new FileCommandProblem(`Invalid format '${line}': the name is missing`)
      found.push([line.slice(0, equals), line.slice(equals + 1)])
      continue
    }
    if (heredoc < 0) throw new FileCommandProblem(`Invalid format '${line}': expected name=value or name<<delimiter`)
    const name = line.slice(0, heredoc)
    const delimiter = line.slice(heredoc + 2)
    if (name === '' || delimiter === '') throw new FileCommandProblem(`Invalid format '${line}': name and delimiter must not be empty`)
    const end = lines.indexOf(delimiter, index + 1)
    if (end === -1) throw new FileCommandProblem(`Invalid value of '${name}': the line '${delimiter}' that ends it is missing`)
    found.push([name, lines.slice(index + 1, end).join('\n')])
    index = end
  }
  return found
}

/** Whether a step may set this variable for the steps after it. `NODE_OPTIONS` would run code in the runner's own tools. */
export function isSettable(name: string): boolean {
  return name.toUpperCase() !== 'NODE_OPTIONS' && !/^(GITHUB|RUNNER)_/i.test(name)
}
