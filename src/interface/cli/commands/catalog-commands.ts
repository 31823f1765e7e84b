import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import pc from 'picocolors'
import { formatOf, type CliContext } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { findDescriptors } from '../find-descriptors.ts'
import type { OfflineProblem } from '../offline.ts'
import { printValue } from '../terminal.ts'

/** `fairway catalog validate FILE...`: whoever writes a descriptor sees what is wrong before it is pushed. */
export function addCatalogCommands(program: Command, context: CliContext): void {
  const catalog = program.command('catalog').description('descriptors: check them before they are pushed')
  catalog
    .command('validate <file...>')
    .description('check descriptor files, folders and globs, offline; exit code 2 when something is wrong')
    .option('-o, --output <form>', 'table, json or yaml')
    .action(async (given: string[], options: { output?: string }) => {
      const format = formatOf(options)
      const offline = await context.offline()
      const files = await findDescriptors(given)
      const texts: { file: string; text: string; isGiven: boolean }[] = []
      for (const { path, isGiven } of files) texts.push({ file: path, text: await readText(path), isGiven })
      const report = offline.checkDescriptors(texts)
      if (report.problems.length > 0) context.exitWith(EXIT.usage)
      if (report.fileCount === 0) throw new CliError(`there is no descriptor in ${given.join(', ')}`, EXIT.usage)
      if (format !== 'table') return printValue(context.terminal, format, report)
      for (const problem of report.problems) context.terminal.out(lineOf(problem))
      const found = `${report.entityCount} ${report.entityCount === 1 ? 'entity' : 'entities'} in ${report.fileCount} ${report.fileCount === 1 ? 'file' : 'files'}`
      const count = report.problems.length
      context.terminal.note(count === 0 ? `${pc.green('good')}: ${found}` : `${pc.red(`${count} ${count === 1 ? 'problem' : 'problems'}`)}; ${found}`)
    })
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new CliError(`"${file}" can not be read: ${error instanceof Error ? error.message : String(error)}`, EXIT.usage)
  }
}

/** `file:line:column: field: message`, which editors make clickable. */
function lineOf(problem: OfflineProblem): string {
  const place = problem.file === undefined ? '' : `${problem.file}:${problem.line ?? 1}:${problem.column ?? 1}: `
  return `${place}${problem.field === '' ? '' : `${problem.field}: `}${problem.message}`
}
