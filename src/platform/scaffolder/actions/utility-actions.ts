import { parse, stringify } from 'yaml'
import { z } from 'zod'
import type { Json, JsonObject } from '#kernel/common/json'
import { scaffolderFaults } from '../scaffolder-faults.ts'
import { textOfFile } from '../workspace.ts'
import { templateAction, type ActionContext, type TemplateAction } from './template-action.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const content = z.union([z.string(), z.record(z.string(), z.unknown())])

/** Actions of the widely used `roadiehq:utils` module that need files only. */
export const utilityActions: readonly TemplateAction[] = [
  templateAction({
    id: 'roadiehq:utils:fs:write',
    description: 'Writes a file of the workspace',
    input: z.looseObject({ path: z.string().min(1), content: z.string(), preserveFormatting: z.boolean().optional() }),
    output: z.object({ path: z.string() }),
    run({ path, content: text }, { workspace }) {
      workspace.write(path, { content: bytes(text), isExecutable: false })
      return { path }
    },
  }),
  templateAction({
    id: 'roadiehq:utils:fs:append',
    description: 'Adds to the end of a file of the workspace',
    input: z.looseObject({ path: z.string().min(1), content: z.string() }),
    output: z.object({ path: z.string() }),
    run({ path, content: text }, { workspace }) {
      const before = workspace.find(path)
      workspace.write(path, { content: bytes((before ? readText(path, before.content) : '') + text), isExecutable: before?.isExecutable ?? false })
      return { path }
    },
  }),
  templateAction({
    id: 'roadiehq:utils:fs:parse',
    description: 'Reads a JSON or YAML file of the workspace',
    input: z.looseObject({ path: z.string().min(1), parser: z.enum(['yaml', 'json', 'multiyaml']).default('yaml') }),
    output: z.object({ content: z.unknown() }),
    run: ({ path }, context) => ({ content: documentOf(path, context) as Json }),
  }),
  templateAction({
    id: 'roadiehq:utils:serialize:yaml',
    description: 'Makes YAML of data',
    input: z.looseObject({ data: z.record(z.string(), z.unknown()), options: z.record(z.string(), z.unknown()).optional() }),
    output: z.object({ serialized: z.string() }),
    run: ({ data }) => ({ serialized: stringify(data, { lineWidth: 0 }) }),
  }),
  templateAction({
    id: 'roadiehq:utils:serialize:json',
    description: 'Makes JSON of data',
    input: z.looseObject({ data: z.record(z.string(), z.unknown()), space: z.union([z.string(), z.number()]).optional() }),
    output: z.object({ serialized: z.string() }),
    run: ({ data, space }) => ({ serialized: JSON.stringify(data, undefined, space) }),
  }),
  mergeAction('roadiehq:utils:merge', undefined),
  mergeAction('roadiehq:utils:json:merge', 'json'),
  templateAction({
    id: 'roadiehq:utils:sleep',
    description: 'Waits when the plan is carried out, ten minutes at most',
    input: z.looseObject({ amount: z.coerce.number().min(0).max(600) }),
    output: z.object({}),
    run({ amount }, context) {
      context.add({ kind: 'wait', durationMs: Math.round(amount * 1_000) })
      return {}
    },
  }),
]

function mergeAction(id: string, format: 'json' | undefined): TemplateAction {
  return templateAction({
    id,
    description: 'Merges data into a JSON or YAML file of the workspace',
    input: z.looseObject({
      path: z.string().min(1),
      content,
      mergeArrays: z.boolean().default(false),
      matchFileIndent: z.boolean().optional(),
      options: z.record(z.string(), z.unknown()).optional(),
    }),
    output: z.object({ path: z.string() }),
    run({ path, content: given, mergeArrays }, context) {
      const addition: unknown = typeof given === 'string' ? parsed('content', given) : given
      const before = context.workspace.find(path)
      const merged = mergedOf(before ? documentOf(path, context) : {}, addition, mergeArrays)
      const isJson = format === 'json' || path.endsWith('.json')
      const text = isJson ? `${JSON.stringify(merged, undefined, 2)}\n` : stringify(merged, { lineWidth: 0 })
      context.workspace.write(path, { content: bytes(text), isExecutable: before?.isExecutable ?? false })
      return { path }
    },
  })
}

/** Data over data: maps by key, lists joined when asked, everything else replaced. Keys are own members only. */
function mergedOf(before: unknown, after: unknown, isJoiningLists: boolean): unknown {
  if (Array.isArray(before) && Array.isArray(after) && isJoiningLists) return [...(before as unknown[]), ...(after as unknown[])]
  if (!isObject(before) || !isObject(after)) return after
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  const member = (from: JsonObject, key: string): unknown => (Object.hasOwn(from, key) ? from[key] : undefined)
  return Object.fromEntries(keys.map((key) => [key, Object.hasOwn(after, key) ? mergedOf(member(before, key), after[key], isJoiningLists) : before[key]]))
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function documentOf(path: string, { workspace }: Pick<ActionContext, 'workspace'>): unknown {
  const file = workspace.find(path)
  if (!file) throw scaffolderFaults.bad_path({ path, why: 'is not in the workspace' })
  return parsed(path, readText(path, file.content))
}

function readText(path: string, from: Uint8Array): string {
  return textOfFile(from) ?? notText(path)
}

function notText(path: string): never {
  throw scaffolderFaults.bad_path({ path, why: 'is no text' })
}

/** JSON is YAML. */
function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(JSON.stringify(parse(text, { maxAliasCount: 100 }) ?? {})) as unknown
  } catch (error) {
    throw scaffolderFaults.bad_path({ path, why: `can not be read: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}` })
  }
}
