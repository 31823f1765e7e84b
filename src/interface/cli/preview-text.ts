import pc from 'picocolors'

/** What a template would do, as the API previews it. */
export interface Preview {
  files: readonly { path: string; content: string; isBinary: boolean; state: 'added' | 'altered' | 'unchanged' | 'removed'; patch: string | null }[]
  steps: readonly { id: string; name: string; action: string; state: 'ran' | 'skipped' | 'held' | 'later'; log: readonly string[] }[]
  effects: readonly { title: string }[]
}

const MARKS = { added: pc.green('+'), altered: pc.yellow('~'), unchanged: ' ', removed: pc.red('-') } as const
const STATES = { ran: '', skipped: 'skipped', held: 'waits for what an earlier step makes', later: 'comes after that' } as const

/** Steps, effects, the tree of files, and the differences to what is there. Pure. */
export function previewText(preview: Preview): string {
  const steps = preview.steps.flatMap((step) => [
    `  ${step.name} ${pc.dim(`${step.action}${STATES[step.state] === '' ? '' : `, ${STATES[step.state]}`}`)}`,
    ...step.log.map((line) => `    ${pc.dim(line)}`),
  ])
  const effects = preview.effects.length === 0 ? ['  nothing outside'] : preview.effects.map((effect, index) => `  ${index + 1}. ${effect.title}`)
  const changed = preview.files.filter((file) => file.state !== 'unchanged')
  const same = preview.files.length - changed.length
  return [
    pc.bold('Steps'),
    ...steps,
    '',
    pc.bold('Would be done'),
    ...effects,
    '',
    pc.bold(`Files (${preview.files.length}${same === 0 ? '' : `, ${same} unchanged`})`),
    ...treeLines(changed),
    ...preview.files.flatMap((file) =>
      file.patch === null || file.patch === '' ? [] : ['', pc.bold(`--- ${file.path}`), ...file.patch.trimEnd().split('\n').map(coloured)],
    ),
  ].join('\n')
}

/** Paths as a tree, each folder named once. */
function treeLines(files: Preview['files']): string[] {
  const lines: string[] = []
  let before: string[] = []
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const parts = file.path.split('/')
    const folders = parts.slice(0, -1)
    const shared = folders.findIndex((folder, index) => before[index] !== folder)
    const from = shared === -1 ? folders.length : shared
    for (const [index, folder] of folders.entries()) if (index >= from) lines.push(`    ${'  '.repeat(index)}${pc.dim(`${folder}/`)}`)
    const size = file.isBinary ? 'binary' : `${Buffer.byteLength(file.content)} bytes`
    lines.push(`  ${MARKS[file.state]} ${'  '.repeat(folders.length)}${parts.at(-1)} ${pc.dim(file.state === 'removed' ? 'removed' : size)}`)
    before = folders
  }
  return lines
}

function coloured(line: string): string {
  if (line.startsWith('+')) return pc.green(line)
  if (line.startsWith('-')) return pc.red(line)
  return line.startsWith('@@') ? pc.cyan(line) : line
}
