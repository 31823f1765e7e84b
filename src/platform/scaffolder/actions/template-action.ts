import type { z } from 'zod'
import type { Json, JsonObject } from '#kernel/common/json'
import type { Deferred } from '../template-language/opaque.ts'
import type { Workspace } from '../workspace.ts'
import type { Effect, EffectWish, HostType, TemplateFile } from './effect.ts'

/** A Git host that templates may publish to. The built-in one has the name ``. */
export interface ScmHost {
  /** As in `repoUrl`, e.g. `github.com`; empty for the built-in one. */
  host: string
  type: HostType
  /** Address of its pages without a slash at the end, e.g. `https://github.com`. */
  webUrl: string
}

/** The Git hosts that are configured, the built-in one left away. */
export interface HostDirectory {
  list(): readonly ScmHost[]
}

/** Files from elsewhere, by the rules of egress. */
export interface FetchSource {
  /**
   * Files below an address of a folder or a file: a tree of a known Git host or an archive.
   * @param pin revision of an earlier read, so that a plan and its carrying out see the same; the newest unless given.
   * @throws faults that name the address.
   */
  readFolder(url: string, pin?: string): Promise<{ files: readonly TemplateFile[]; revision: string }>
  /** One file. */
  readFile(url: string, pin?: string): Promise<{ content: Uint8Array; revision: string }>
}

/** What a step leaves for later ones: JSON, with deferred values for what is known only when its effect is carried out. */
export type StepOutput = { readonly [key: string]: Json | Deferred | undefined }

/** What `add` gives back: the effect's outputs, known or deferred. */
interface AddedEffect {
  id: string
  output(field: string): Json | Deferred
}

export interface ActionContext {
  workspace: Workspace
  /** Files below a folder; `url` is relative to the template, or an address. */
  readFolder: (url: string) => Promise<readonly TemplateFile[]>
  /** One file; `url` is relative to the template, or an address. */
  readFile: (url: string) => Promise<TemplateFile>
  /** Address that people and git use for a repository of the built-in host, e.g. `http://127.0.0.1:7007/git/acme/orders.git`. */
  repositoryUrl: (owner: string, name: string) => string
  hosts: HostDirectory
  findEntity: (ref: string) => Promise<JsonObject | undefined>
  /** Effects so far. */
  effects: readonly Effect[]
  add: (wish: EffectWish) => AddedEffect
  log: (line: string) => void
  /** Lets others work; call between files. @throws when the run is cancelled. */
  pause: () => Promise<void>
}

/** One thing that a template step can do. It runs in memory: an action that alters the world adds an effect. */
export interface TemplateAction {
  id: string
  description: string
  input: z.ZodType
  output?: z.ZodType
  examples?: readonly { description: string; example: string }[]
  /** The kind of host that it needs. */
  host?: HostType
  /** Without such a host the built-in one does the same. */
  runsOnFairway?: boolean
  /** Members of the input that may hold secrets, beside `token`. Elsewhere a secret is refused. */
  secrets?: readonly string[]
  /** It alters nothing and gives nothing: when it has to wait for a deferred value, the steps after it need not. */
  isInert?: boolean
  run(input: unknown, context: ActionContext): Promise<StepOutput> | StepOutput
}

/** Declares an action; only gives the types a place to meet. */
export function templateAction<I>(
  action: Omit<TemplateAction, 'input' | 'run'> & { input: z.ZodType<I>; run(input: I, context: ActionContext): Promise<StepOutput> | StepOutput },
): TemplateAction {
  return action as unknown as TemplateAction
}
