import type { JsonObject } from '#kernel/common/json'
import type { Effect, TemplateFile } from './actions/index.ts'
import type { CreationInput } from './creation-input.ts'
import { digestOf, renderCreation, type RenderDeps, type Rendered } from './creation-render.ts'
import { scaffolderFaults } from './scaffolder-faults.ts'

/** Sets of files kept in memory for an effect that follows at once. */
const KEPT_SETS = 16

/**
 * The files of planned effects. A plan carries a recipe and a digest: files are made again from the template's commit and the values. Those of an effect
 * that needs what another one said can only be made while its run goes on, and are handed over by their digest.
 */
export class RenderedFiles {
  readonly #render: RenderDeps
  readonly #kept = new Map<string, readonly TemplateFile[]>()

  constructor(render: RenderDeps) {
    this.#render = render
  }

  /** Keeps the files of effects that are carried out next. */
  keep(rendered: Rendered): void {
    for (const effect of rendered.effects) {
      const files = filesIn(effect)
      if (files && files.length > 0) this.#kept.set(digestOf(files), files)
    }
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= KEPT_SETS) break
      this.#kept.delete(key)
    }
  }

  /** Files of the effect that an action's input names. @throws `platform.scaffolder.step_failed` when the template does not make them any more. */
  async of(input: JsonObject): Promise<readonly TemplateFile[]> {
    const { digest, creation } = input
    const kept = typeof digest === 'string' ? this.#kept.get(digest) : undefined
    if (kept) return kept
    const { requestedBy, ...asked } = creation as unknown as CreationInput & { requestedBy: string }
    const rendered = await renderCreation(this.#render, asked, requestedBy)
    const effect = rendered.effects.find((candidate) =>
      typeof input['effect'] === 'string'
        ? candidate.id === input['effect']
        : candidate.kind === 'repository' && candidate.owner === input['owner'] && candidate.name === input['name'],
    )
    const files = effect && filesIn(effect)
    if (!files) throw scaffolderFaults.step_failed({ step: 'publish', what: 'the template does not make these files any more' })
    return files
  }
}

function filesIn(effect: Effect): readonly TemplateFile[] | undefined {
  return 'files' in effect ? effect.files : undefined
}
