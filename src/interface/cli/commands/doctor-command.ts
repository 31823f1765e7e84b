import { execFileSync } from 'node:child_process'
import type { Command } from 'commander'
import pc from 'picocolors'
import { formatOf, type CliContext } from '../context.ts'
import { EXIT } from '../exit.ts'
import { printRows } from '../terminal.ts'
import { judgeToolchain, toolchains } from './toolchain.ts'

interface Finding {
  what: string
  isGood: boolean
  /** The platform works without it. */
  isOptional?: boolean
  detail: string
}

/** `fairway doctor`: is everything here that the platform and its golden paths want? */
export function addDoctorCommand(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('check the machine, the connection and the platform')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (options: { output?: string }) => {
      const format = formatOf(options)
      const findings: Finding[] = [
        tool('git', ['--version'], 'needed: the built-in Git host runs on it'),
        { what: 'node', isGood: true, detail: process.version },
      ]
      for (const toolchain of toolchains) {
        const said = toolchain.programs.map((program) => firstLineOf(program, toolchain.versionArgs))
        findings.push({ what: toolchain.name, isOptional: true, ...judgeToolchain(toolchain, said) })
      }
      findings.push(await platform(context), ...(await gitHosts(context)))
      const columns = [
        { title: '', value: markOf },
        { title: 'what', value: (finding: Finding) => finding.what },
        { title: 'detail', value: (finding: Finding) => finding.detail },
      ]
      printRows(context.terminal, format, findings, columns, '')
      context.exitWith(findings.every((finding) => finding.isGood || finding.isOptional === true) ? EXIT.done : EXIT.failed)
    })
}

function markOf(finding: Finding): string {
  if (finding.isGood) return pc.green('ok')
  return finding.isOptional === true ? pc.dim('absent') : pc.red('missing')
}

function tool(name: string, args: string[], wish: string): Finding {
  const said = firstLineOf(name, args)
  return { what: name, isGood: said !== undefined, detail: said ?? `not found; ${wish}` }
}

function firstLineOf(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0] ?? ''
  } catch {
    return undefined
  }
}

async function platform(context: CliContext): Promise<Finding> {
  try {
    const { client, url, kind } = await context.connection()
    const me = await client.call('me.get', {})
    return { what: 'platform', isGood: true, detail: `${url} as ${me.principal} (${kind})` }
  } catch (error) {
    return { what: 'platform', isGood: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

/** The Git hosts of others, and whether they take their tokens. A platform that is away has been told already. */
async function gitHosts(context: CliContext): Promise<Finding[]> {
  try {
    const { client } = await context.connection()
    const { items } = await client.call('gitHosts.list', {})
    const foreign = items.filter((host) => host.name !== '')
    return await Promise.all(
      foreign.map(async ({ name }): Promise<Finding> => {
        const { isGood, detail } = await client.call('gitHosts.check', { params: { name } })
        return { what: `Git host ${name}`, isGood, detail }
      }),
    )
  } catch {
    return []
  }
}
