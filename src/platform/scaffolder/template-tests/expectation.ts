import { minimatch } from 'minimatch'
import { z } from 'zod'
import type { TemplateFile } from '../actions/index.ts'
import { textOfFile } from '../workspace.ts'

const patterns = z.array(z.string().min(1))
const texts = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

/** What a test of a template asks for. Patterns are globs; `**` crosses folders, and names that begin with a dot count. */
export const expectationSchema = z.strictObject({
  /** Each must be there. */
  files: patterns.optional(),
  /** True: there is nothing beside `files`. */
  only: z.boolean().optional(),
  /** None of these may be there. */
  absent: patterns.optional(),
  /** By path, what the file must contain. */
  contains: texts.optional(),
  /** By path, what it must not contain. */
  lacks: texts.optional(),
  /** By path, the whole file. */
  equals: z.record(z.string(), z.string()).optional(),
  executable: patterns.optional(),
  /** Ids of the steps that must be skipped. */
  skipped: patterns.optional(),
  /** Repositories that are published, e.g. `acme/orders`: these and no others. */
  repositories: patterns.optional(),
  /** Entities that are registered, e.g. `component:default/orders`: these and no others. */
  entities: patterns.optional(),
})

export type Expectation = z.infer<typeof expectationSchema>

/** What a template made, as far as tests look at it. */
export interface MadeThings {
  files: readonly TemplateFile[]
  skipped: readonly string[]
  repositories: readonly string[]
  entities: readonly string[]
}

/** One thing that is not as asked; `path` leads to it inside of `expect`. */
export interface Mismatch {
  path: (string | number)[]
  message: string
}

/** Compares what was made with what a test asks for. Pure; tells every difference. */
export function mismatchesOf(expectation: Expectation, made: MadeThings): Mismatch[] {
  return [
    ...fileMismatches(expectation, made.files),
    ...contentMismatches(expectation, made.files),
    ...(expectation.skipped ?? []).flatMap((id, index) =>
      made.skipped.includes(id) ? [] : [{ path: ['skipped', index], message: `step "${id}" was not skipped` }],
    ),
    ...listMismatches('repositories', expectation.repositories, made.repositories),
    ...listMismatches('entities', expectation.entities, made.entities),
  ]
}

function fileMismatches(expectation: Expectation, files: readonly TemplateFile[]): Mismatch[] {
  const matching = (pattern: string): TemplateFile[] => files.filter((file) => minimatch(file.path, pattern, { dot: true }))
  const wanted = expectation.files ?? []
  const extra = expectation.only === true ? files.filter((file) => !wanted.some((pattern) => minimatch(file.path, pattern, { dot: true }))) : []
  return [
    ...wanted.flatMap((pattern, index) =>
      matching(pattern).length > 0 ? [] : [{ path: ['files', index], message: `there is no "${pattern}"${near(pattern, files)}` }],
    ),
    ...extra.map((file) => ({ path: ['only'], message: `"${file.path}" is there too` })),
    ...(expectation.absent ?? []).flatMap((pattern, index) =>
      matching(pattern).map((file) => ({ path: ['absent', index], message: `"${file.path}" is there` })),
    ),
    ...(expectation.executable ?? []).flatMap((pattern, index) => {
      const found = matching(pattern)
      if (found.length === 0) return [{ path: ['executable', index], message: `there is no "${pattern}"${near(pattern, files)}` }]
      return found.filter((file) => !file.isExecutable).map((file) => ({ path: ['executable', index], message: `"${file.path}" is not executable` }))
    }),
  ]
}

function contentMismatches(expectation: Expectation, files: readonly TemplateFile[]): Mismatch[] {
  const textAt = (path: string): string | undefined => {
    const file = files.find((candidate) => candidate.path === path)
    return file && textOfFile(file.content)
  }
  const each = (key: 'contains' | 'lacks', judge: (text: string, part: string) => boolean, verb: string): Mismatch[] =>
    Object.entries(expectation[key] ?? {}).flatMap(([path, parts]): Mismatch[] => {
      const text = textAt(path)
      if (text === undefined) return [{ path: [key, path], message: `there is no text file "${path}"${near(path, files)}` }]
      return [parts]
        .flat()
        .flatMap((part, index) =>
          judge(text, part) ? [] : [{ path: [key, path, ...(Array.isArray(parts) ? [index] : [])], message: `"${path}" ${verb} ${JSON.stringify(part)}` }],
        )
    })
  const equal = Object.entries(expectation.equals ?? {}).flatMap(([path, whole]): Mismatch[] => {
    const text = textAt(path)
    if (text === undefined) return [{ path: ['equals', path], message: `there is no text file "${path}"${near(path, files)}` }]
    return text === whole ? [] : [{ path: ['equals', path], message: `"${path}" differs: ${firstDifference(whole, text)}` }]
  })
  return [
    ...each('contains', (text, part) => text.includes(part), 'does not contain'),
    ...each('lacks', (text, part) => !text.includes(part), 'contains'),
    ...equal,
  ]
}

function listMismatches(key: 'repositories' | 'entities', wanted: readonly string[] | undefined, made: readonly string[]): Mismatch[] {
  if (wanted === undefined) return []
  const extra = made.filter((name) => !wanted.includes(name))
  return [
    ...wanted.flatMap((name, index) => (made.includes(name) ? [] : [{ path: [key, index], message: `"${name}" is not made; there are: ${listed(made)}` }])),
    ...extra.map((name) => ({ path: [key], message: `"${name}" is made too` })),
  ]
}

function firstDifference(wanted: string, found: string): string {
  const [left, right] = [wanted.split('\n'), found.split('\n')]
  const at = Array.from({ length: Math.max(left.length, right.length) }, (_, index) => index).find((index) => left[index] !== right[index]) ?? 0
  return `line ${at + 1} is ${JSON.stringify(right[at] ?? '(absent)')}, not ${JSON.stringify(left[at] ?? '(absent)')}`
}

/** A file of the same name elsewhere is what was meant, mostly. */
function near(path: string, files: readonly TemplateFile[]): string {
  const name = path.split('/').at(-1) ?? path
  const found = files.filter((file) => file.path !== path && file.path.split('/').at(-1) === name).map((file) => file.path)
  return found.length === 0 ? '' : `; there is "${found[0]}"`
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}
