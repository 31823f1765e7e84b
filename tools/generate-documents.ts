import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { listCataloguedFaults } from '#kernel/common/fault'

/** Files that are made from the code, apart from the contract: name -> text. */
async function documentFiles(checkout: string): Promise<Record<string, string>> {
  // Every feature's door, so that each catalogue of faults is loaded.
  const doors = execFileSync(
    'git',
    ['-C', checkout, 'ls-files', '--cached', '--others', '--exclude-standard', 'src/*/*/index.ts', 'src/kernel/*/*/index.ts', 'src/main/data-folder.ts'],
    { encoding: 'utf8' },
  )
  for (const door of doors.split('\n')) if (door !== '' && !door.startsWith('src/interface/')) await import(path.join(checkout, door))
  const rows = listCataloguedFaults().map(
    (fault) => `| <a id="${fault.code}"></a>\`${fault.code}\` | ${fault.status} | ${fault.title} | ${retryText(fault.retry)} |`,
  )
  return {
    'docs/errors.md': [
      '# Errors',
      '',
      'Every fault that the platform answers with, as RFC 9457 `application/problem+json`. The code is stable; recognise faults by it. Generated from the catalogues in the code.',
      '',
      '| code | status | what | try again |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n'),
  }
}

function retryText(retry: 'no' | 'backoff' | 'after'): string {
  return retry === 'no' ? 'no' : retry === 'backoff' ? 'yes, with back-off' : 'after the given seconds'
}

/** Names of generated documents that differ from what lies in the checkout; with `write`, they are written. */
export async function documentsDrift(checkout: string, write: boolean): Promise<string[]> {
  const drifted: string[] = []
  for (const [name, text] of Object.entries(await documentFiles(checkout))) {
    const file = path.join(checkout, name)
    if ((await readFile(file, 'utf8').catch(() => '')) === text) continue
    drifted.push(name)
    if (write) await writeFile(file, text)
  }
  return drifted
}
