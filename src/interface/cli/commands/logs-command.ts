import type { Command } from 'commander'
import { formatOf, type CliContext } from '../context.ts'

/** `fairway logs COMPONENT -e ENV [-f]`: what the replicas write. */
export function addLogsCommand(program: Command, context: CliContext): void {
  program
    .command('logs <component>')
    .description('lines of all replicas in an environment')
    .requiredOption('-e, --environment <name>')
    .option('-f, --follow', 'go on as lines come')
    .option('-n, --tail <count>', 'how many of the last lines', '100')
    .option('-o, --output <form>', 'table for lines as they are, or json for an object a line')
    .action(async (component: string, options: { environment: string; follow?: boolean; tail: string; output?: string }) => {
      const show = formatOf(options) === 'table' ? (line: string) => line : jsonLine
      const client = await context.client()
      const query = new URLSearchParams({
        component,
        environment: options.environment,
        tail: options.tail,
        ...(options.follow === true ? { follow: 'true' } : {}),
      })
      const response = await client.raw(`/api/v1/workloads/logs?${query.toString()}`, { headers: { accept: 'text/plain' } })
      const decoder = new TextDecoder()
      let rest = ''
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) context.terminal.out(show(line))
      }
      if (rest !== '') context.terminal.out(show(rest))
    })
}

/** `TIME INSTANCE TEXT` as one JSON object. */
function jsonLine(line: string): string {
  const [, at, instance, text] = /^(\S+) (\S+) (.*)$/s.exec(line) ?? []
  return JSON.stringify(at === undefined ? { line } : { at, instance, line: text })
}
