/** A line that speaks to the runner, e.g. `::error file=a.ts,line=3::Missing semicolon`. */
export interface WorkflowCommand {
  /** Lower case, e.g. `add-mask`. */
  name: string
  properties: Readonly<Record<string, string>>
  message: string
}

/**
 * Reads a line as a workflow command; undefined for any other line.
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function parseWorkflowCommand(line: string): WorkflowCommand | undefined {
  const text = line.trimStart()
  if (!text.startsWith('::')) return undefined
  const end = text.indexOf('::', 2)
  if (end === -1) return undefined
  const head = text.slice(2, end)
  const space = head.indexOf(' ')
  const name = (space === -1 ? head : head.slice(0, space)).toLowerCase()
  if (!/^[a-z][a-z-]*$/.test(name)) return undefined
  const properties: Record<string, string> = {}
  for (const pair of space === -1 ? [] : head.slice(space + 1).split(',')) {
    const equals = pair.indexOf('=')
    if (equals > 0) properties[pair.slice(0, equals).trim()] = unescapeProperty(pair.slice(equals + 1))
  }
  return { name, properties, message: unescapeData(text.slice(end + 2)) }
}

function unescapeData(text: string): string {
  return text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%25/g, '%')
}

function unescapeProperty(text: string): string {
  return text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%25/g, '%')
}
