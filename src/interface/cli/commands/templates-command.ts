import type { Command } from 'commander'
import pc from 'picocolors'
import { formatOf, type CliContext } from '../context.ts'
import { EXIT } from '../exit.ts'
import type { OfflineProblem } from '../offline.ts'
import { printValue } from '../terminal.ts'

/** `fairway templates test DIR`: whoever writes a golden path tries it before anybody else does. */
export function addTemplatesCommand(program: Command, context: CliContext): void {
  const templates = program.command('templates').description('golden paths: test one before it is pushed')
  templates
    .command('test <folder...>')
    .description('check a template and run its tests, offline; exit code 2 when something is wrong')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (folders: string[], options: { output?: string }) => {
      const format = formatOf(options)
      const offline = await context.offline()
      const reports = []
      for (const folder of folders) reports.push({ folder, ...(await offline.testTemplate(folder)) })
      if (reports.some((report) => !report.isGood)) context.exitWith(EXIT.usage)
      if (format !== 'table') return printValue(context.terminal, format, reports)
      for (const report of reports) {
        context.terminal.out(`${pc.bold(report.title === '' ? report.folder : report.title)} ${pc.dim(report.folder)}`)
        for (const problem of report.problems) context.terminal.out(`  ${pc.red(lineOf(problem))}`)
        for (const { name, problems, fileCount } of report.results) {
          const isGood = problems.length === 0
          context.terminal.out(`  ${isGood ? pc.green('passed') : pc.red('failed')}  ${name}${isGood && fileCount > 0 ? pc.dim(` (${fileCount} files)`) : ''}`)
          for (const problem of problems) context.terminal.out(`          ${lineOf(problem)}`)
        }
      }
    })
}

function lineOf(problem: OfflineProblem): string {
  const place = problem.file === undefined ? '' : `${problem.file}:${problem.line ?? 1}:${problem.column ?? 1}: `
  return `${place}${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`
}
