import { z } from 'zod'
import { minimatch } from 'minimatch'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { safePath } from '../workspace.ts'
import { templateAction } from './template-action.ts'

export const fsRename = templateAction({
  id: 'fs:rename',
  description: 'Renames files or folders',
  input: z.looseObject({ files: z.array(z.looseObject({ from: z.string().min(1), to: z.string().min(1), overwrite: z.boolean().default(false) })) }),
  output: z.object({}),
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
  input: z.looseObject({ files: z.array(z.string().min(1).max(1_000)) }),
  output: z.object({}),
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

export const fsReaddir = templateAction({
  id: 'fs:readdir',
  description: 'Lists files and folders of the workspace',
  input: z.looseObject({ paths: z.array(z.string().min(1)).min(1).max(100), recursive: z.boolean().default(false) }),
  output: z.object({
    files: z.array(z.object({ name: z.string(), path: z.string(), fullPath: z.string() })),
    folders: z.array(z.object({ name: z.string(), path: z.string(), fullPath: z.string() })),
  }),
  run({ paths, recursive }, { workspace }) {
    const files = new Set<string>()
    const folders = new Set<string>()
    for (const given of paths) {
      const root = safePath(given)
      for (const { path } of workspace.below(given)) {
        const segments = path.split('/')
        const full = (count: number): string => [root, ...segments.slice(0, count)].filter((part) => part !== '').join('/')
        if (recursive || segments.length === 1) files.add(full(segments.length))
        for (let count = 1; count < segments.length; count++) if (recursive || count === 1) folders.add(full(count))
      }
    }
    const listed = (found: Set<string>): { name: string; path: string; fullPath: string }[] =>
      [...found].sort().map((path) => ({ name: path.slice(path.lastIndexOf('/') + 1), path, fullPath: path }))
    return { files: listed(files), folders: listed(folders) }
  },
})
