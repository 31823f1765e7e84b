import { createHash } from 'node:crypto'
import { canonicalJson, type JsonObject } from '#kernel/common/json'
import type { Effect, FetchSource, HostDirectory, RegisterEffect, TemplateAction, TemplateFile } from './actions/index.ts'
import type { CreationInput } from './creation-input.ts'
import { withLineage } from './lineage.ts'
import type { RanStep } from './template-run.ts'
import { runTemplate, type TemplateRun } from './run-template.ts'
import type { Template } from './template-document.ts'
import type { TemplateLibrary } from './template-library.ts'

export interface RenderDeps {
  library: TemplateLibrary
  actions: readonly TemplateAction[]
  repositoryUrl: (owner: string, name: string) => string
  /** Git hosts that are configured now. */
  hosts?: (() => Promise<HostDirectory>) | undefined
  fetch?: FetchSource | undefined
  findEntity?: ((ref: string) => Promise<JsonObject | undefined>) | undefined
}

/** A template filled in, with the files as they will be committed. */
export interface Rendered {
  run: TemplateRun
  template: Template
  /** The template's entity as it is written. */
  entity: JsonObject
  ref: string
  title: string
  /** Where the template comes from: see `LoadedTemplate.source`. */
  source: string
  commit: string
  version: string
  effects: readonly Effect[]
}

/**
 * Fills a template in, from its commit. The same input always gives the same files; with `resolved`, what effects have said, it may come further.
 * @param trace gets the steps as they run, also when one fails.
 * @throws as `TemplateLibrary.load` and `runTemplate`.
 */
export async function renderCreation(
  deps: RenderDeps,
  input: CreationInput,
  requestedBy: string,
  resolved?: Readonly<Record<string, JsonObject>>,
  trace: RanStep[] = [],
): Promise<Rendered> {
  const loaded = await deps.library.load(input.template, input.templateCommit)
  const user = input.onBehalfOf ?? requestedBy
  const run = await runTemplate({
    trace,
    template: loaded.template,
    values: input.values,
    actions: deps.actions,
    readFolder: loaded.readFolder,
    readFile: loaded.readFile,
    repositoryUrl: deps.repositoryUrl,
    user,
    userEntity: await deps.findEntity?.(user),
    secrets: input.secrets,
    taskId: input.taskId,
    hosts: await deps.hosts?.(),
    fetch: deps.fetch,
    findEntity: deps.findEntity,
    resolved,
    pins: input.pins,
    fillsDefaults: input.dialect !== 'backstage',
  })
  const lineage = { ref: loaded.template.ref, commit: loaded.commit }
  return {
    run,
    template: loaded.template,
    entity: loaded.entity,
    ref: loaded.template.ref,
    title: loaded.template.title,
    source: loaded.source,
    commit: loaded.commit,
    version: loaded.version,
    effects: withLineageNotes(run.effects, lineage),
  }
}

/** The descriptor of a repository that is registered says which template made it. Pure. */
function withLineageNotes(effects: readonly Effect[], lineage: { ref: string; commit: string }): Effect[] {
  const registrations = effects.filter((effect): effect is RegisterEffect & Effect => effect.kind === 'register' && effect.url === undefined)
  return effects.map((effect) => {
    if (effect.kind !== 'repository' || effect.host !== '') return effect
    const descriptor = registrations.find((registration) => registration.repository === `${effect.owner}/${effect.name}`)?.path
    return descriptor === undefined ? effect : { ...effect, files: withLineage(effect.files, descriptor, lineage) }
  })
}

/** A rendered file as it is kept: enough to tell whether somebody has altered it since. */
export interface FileFingerprint {
  path: string
  /** Of the content, hex. */
  sha256: string
  mode: '100644' | '100755'
}

export function fingerprintsOf(files: readonly TemplateFile[]): FileFingerprint[] {
  return [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((file) => ({ path: file.path, sha256: createHash('sha256').update(file.content).digest('hex'), mode: file.isExecutable ? '100755' : '100644' }))
}

/** Fingerprint of a set of files: paths, contents and modes. */
export function digestOf(files: readonly TemplateFile[]): string {
  const facts = fingerprintsOf(files).map((file) => [file.path, file.sha256, file.mode === '100755'])
  return `sha256:${createHash('sha256').update(canonicalJson(facts)).digest('hex')}`
}
