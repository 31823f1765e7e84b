import type { JsonObject } from '#kernel/common/json'
import type { TemplateFile } from './actions/index.ts'
import { placeText } from './creation-actions.ts'
import type { CreationInput } from './creation-input.ts'
import { renderCreation, type RenderDeps } from './creation-render.ts'

/** The files of one repository that a template makes. */
interface RenderedTree {
  /** `acme/orders`; `github.com/acme/orders` on another host than the built-in one. */
  repository: string
  files: readonly TemplateFile[]
}

/** All that a template makes at one commit of it. */
export interface RenderedAt {
  templateRef: string
  templateCommit: string
  templateVersion: string
  repositories: readonly RenderedTree[]
  /** False when a step waits for what an effect would say: what comes after it is not here. */
  isWhole: boolean
}

interface RenderAtOptions {
  /** Of the creation: templates may see it as `context.task.id`. */
  taskId?: string | undefined
  /** Of the creation: revisions of what was fetched from elsewhere. */
  pins?: Readonly<Record<string, string>> | undefined
  /** As the creation did it; true unless told. */
  fillsDefaults?: boolean | undefined
}

/** Renders what a template makes at a commit, without touching anything. */
export type RenderAt = (templateRef: string, commit: string, values: JsonObject, user: string, options?: RenderAtOptions) => Promise<RenderedAt>

/**
 * The same commit, values, user and options always give the same files: those of a creation prove it by the fingerprints that are kept of them.
 * Steps that only a value of today allows (an owner that is gone, say) do not matter: nothing outside is asked.
 * @throws as `TemplateLibrary.load` and `runTemplate`.
 */
export function createRenderAt(deps: RenderDeps): RenderAt {
  return async (templateRef, commit, values, user, options = {}) => {
    const input: CreationInput = {
      template: templateRef,
      templateCommit: commit,
      values,
      taskId: options.taskId,
      ...(options.pins === undefined ? {} : { pins: { ...options.pins } }),
      ...(options.fillsDefaults === false ? { dialect: 'backstage' } : {}),
    }
    const rendered = await renderCreation(deps, input, user)
    return {
      templateRef: rendered.ref,
      templateCommit: rendered.commit,
      templateVersion: rendered.version,
      repositories: rendered.effects.flatMap((effect) => (effect.kind === 'repository' ? [{ repository: placeText(effect), files: effect.files }] : [])),
      isWhole: rendered.run.held === undefined,
    }
  }
}
