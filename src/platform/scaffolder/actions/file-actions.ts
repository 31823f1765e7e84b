import { stringify } from 'yaml'
import { z } from 'zod'
import { minimatch } from 'minimatch'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { safePath } from '../workspace.ts'
import { templateAction } from './template-action.ts'

export const fsRename = templateAction({
  id: 'fs:rename',
  description: 'Renames files or folders',
  input: z.looseObject({ files: z.array(z.looseObject({ from: z.string().min(1), to: z.string().min(1), overwrite: z.boolean().default(false) })) }),
  run({ files }, { workspace }) {
    for (const { from, to, overwrite } of files) {
      const single = workspace.find(from)
      const moved = single ? [{ path: '', file: single }] : workspace.below(from)
      if (moved.length === 0) throw scaffolderFaults.bad_path({ path: from, why: 'is not there, so it can not be renamed' })
      const target = (path: string): string => (path === '' ? safePath(to) : `${safePath(to)}/${path}`)
      if (!overwrite && moved.some(({ path }) => workspace.has(target(path))))
        throw scaffolderFaults.bad_path({ path: to, why: 'is there already; set overwrite to replace it' })
      workspace.remove(from)
      for (const { path, file } of moved) {
        workspace.remove(target(path))
        workspace.write(target(path), file)
      }
    }
    return {}
  },
})

export const fsDelete = templateAction({
  id: 'fs:delete',
  description: 'Deletes files or folders; globs count',
  input: z.looseObject({ files: z.array(z.string().min(1)) }),
  run({ files }, { workspace }) {
    for (const glob of files) {
      const pattern = safePath(glob)
      const matched = workspace.below('').filter(({ path }) => minimatch(path, pattern, { dot: true }))
      for (const { path } of matched) workspace.remove(path)
      if (!/[*?[{]/.test(pattern)) workspace.remove(pattern)
    }
    return {}
  },
})

export const catalogWrite = templateAction({
  id: 'catalog:write',
  description: 'Writes a catalog-info.yaml',
  input: z.looseObject({ filePath: z.string().default('catalog-info.yaml'), entity: z.record(z.string(), z.unknown()) }),
  run({ filePath, entity }, { workspace }) {
    workspace.write(filePath, { content: new TextEncoder().encode(stringify(entity)), isExecutable: false })
    return {}
  },
})

export const debugLog = templateAction({
  id: 'debug:log',
  description: 'Writes a message to the log of the plan',
  input: z.looseObject({
    message: z.union([z.string(), z.number(), z.boolean()]).optional(),
    listWorkspace: z.union([z.boolean(), z.enum(['with-filenames', 'with-contents'])]).optional(),
    extra: z.unknown().optional(),
  }),
  run({ message, listWorkspace }, { workspace, log }) {
    if (message !== undefined) log(String(message))
    // Names only: contents may hold what a log must not.
    if (listWorkspace)
      log(
        `Workspace: ${workspace
          .below('')
          .map(({ path }) => path)
          .join(', ')}`,
      )
    return {}
  },
})
